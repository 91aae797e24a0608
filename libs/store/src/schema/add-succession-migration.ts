import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Version 2 of the tables: a log can be frozen for the one that succeeds it. */
export class AddSuccession1795200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE log_head ADD COLUMN successor text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE log_head DROP COLUMN successor');
  }
}
