import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
CREATE TABLE log_head (
  origin text CONSTRAINT log_head_pkey PRIMARY KEY,
  epoch bigint NOT NULL,
  size bigint NOT NULL,
  root bytea NOT NULL,
  edge bytea NOT NULL,
  last_leaf_hash bytea NOT NULL,
  checkpoint text NOT NULL,
  recorded_at timestamptz(3) NOT NULL
);
CREATE TABLE entry (
  origin text NOT NULL,
  index bigint NOT NULL,
  leaf_hash bytea NOT NULL,
  digest bytea NOT NULL,
  recorded_at timestamptz(3) NOT NULL,
  CONSTRAINT entry_pkey PRIMARY KEY (origin, index)
);
CREATE TABLE statement (
  origin text NOT NULL,
  index bigint NOT NULL,
  identity bytea NOT NULL,
  type text NOT NULL,
  bytes bytea NOT NULL,
  CONSTRAINT statement_pkey PRIMARY KEY (origin, index)
);
CREATE TABLE disclosure (
  origin text NOT NULL,
  index bigint NOT NULL,
  bytes bytea NOT NULL,
  CONSTRAINT disclosure_pkey PRIMARY KEY (origin, index)
);
CREATE TABLE evidence (
  digest bytea CONSTRAINT evidence_pkey PRIMARY KEY,
  origin text NOT NULL,
  index bigint NOT NULL,
  bytes bytea NOT NULL
);
CREATE TABLE tile (
  origin text NOT NULL,
  level smallint NOT NULL,
  index bigint NOT NULL,
  hashes bytea NOT NULL,
  CONSTRAINT tile_pkey PRIMARY KEY (origin, level, index)
);
CREATE TABLE checkpoint (
  origin text NOT NULL,
  size bigint NOT NULL,
  note text NOT NULL,
  CONSTRAINT checkpoint_pkey PRIMARY KEY (origin, size)
);
CREATE TABLE state (
  key text CONSTRAINT state_pkey PRIMARY KEY,
  value text NOT NULL
) WITH (fillfactor = 80);
CREATE TABLE mention (
  key text NOT NULL,
  origin text NOT NULL,
  index bigint NOT NULL,
  CONSTRAINT mention_pkey PRIMARY KEY (key, origin, index)
);
CREATE TABLE lineage (
  child text NOT NULL,
  parent text NOT NULL,
  origin text NOT NULL,
  index bigint NOT NULL,
  CONSTRAINT lineage_pkey PRIMARY KEY (child, parent)
);
CREATE TABLE witness_state (
  origin text CONSTRAINT witness_state_pkey PRIMARY KEY,
  size bigint NOT NULL,
  root bytea NOT NULL,
  note text NOT NULL
);
CREATE TABLE witness_evidence (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT witness_evidence_pkey PRIMARY KEY,
  origin text NOT NULL,
  held text NOT NULL,
  offered text NOT NULL,
  received_at timestamptz(3) NOT NULL DEFAULT now()
);
CREATE TABLE cosignature (
  origin text NOT NULL,
  size bigint NOT NULL,
  witness text NOT NULL,
  line text NOT NULL,
  CONSTRAINT cosignature_pkey PRIMARY KEY (origin, size, witness)
);`;

/** Hashes do not compress, so nobody should try; statements do, where the server knows lz4. */
const STORAGE = `
ALTER TABLE log_head ALTER COLUMN edge SET STORAGE EXTERNAL;
ALTER TABLE tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
DO $$
BEGIN
  ALTER TABLE statement ALTER COLUMN bytes SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  ALTER TABLE statement ALTER COLUMN bytes SET STORAGE EXTERNAL;
END $$;`;

/** A random-key index is what growth costs: these, and the keys of evidence, state and mention. */
const INDEXES = `
CREATE INDEX entry_digest ON entry (digest);
CREATE UNIQUE INDEX statement_identity ON statement (identity);
CREATE INDEX lineage_parent ON lineage (parent);`;

/** Deterrence only: who owns a table can disable its triggers. The evidence is in the hashes. */
const GUARDS = `
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% of % is refused: the ledger is append-only', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$;
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['entry', 'statement', 'evidence', 'tile', 'checkpoint', 'witness_evidence'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
  END LOOP;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON disclosure
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON log_head
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();`;

/** Version 1 of the tables. */
export class CreateLedger1795000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(STORAGE);
    await runner.query(INDEXES);
    await runner.query(GUARDS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE cosignature, witness_evidence, witness_state, lineage, mention, state,
        checkpoint, tile, evidence, disclosure, statement, entry, log_head`,
    );
    await runner.query('DROP FUNCTION refuse_change()');
  }
}
