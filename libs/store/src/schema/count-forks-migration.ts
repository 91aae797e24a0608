import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Version 4 of the tables: how many forks of a log were kept stands beside them as well. */
export class CountForks1795400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE witness_state ADD COLUMN forks integer NOT NULL DEFAULT 0');
    await runner.query(
      `UPDATE witness_state held SET forks =
         (SELECT count(*) FROM witness_evidence kept WHERE kept.origin = held.origin)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE witness_state DROP COLUMN forks');
  }
}
