import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Version 3 of the tables: state sorts by code units in any locale, so that a kind is one range. */
export class SortState1795300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE state ALTER COLUMN key TYPE text COLLATE "C"');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE state ALTER COLUMN key TYPE text COLLATE "default"');
  }
}
