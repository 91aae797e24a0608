import type pg from 'pg';
import { DataSource } from 'typeorm';
import { AddSuccession1795200000000 } from './add-succession-migration.js';
import { CountForks1795400000000 } from './count-forks-migration.js';
import { CreateLedger1795000000000 } from './create-ledger-migration.js';
import {
  CheckpointRow,
  DisclosureRow,
  EntryRow,
  EvidenceRow,
  LogHeadRow,
  StatementRow,
  TileRow,
} from './ledger-entities.js';
import { LineageRow, MentionRow, StateRow } from './projection-entities.js';
import { SortState1795300000000 } from './sort-state-migration.js';
import { CosignatureRow, WitnessEvidenceRow, WitnessStateRow } from './witness-entities.js';

/** How many connections a process keeps open at most, unless told otherwise. */
const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * A TypeORM data source over the ledger's tables, not yet connected. Nothing is ever synchronised:
 * `migrateDatabase` alone changes the schema.
 */
export function createDataSource(url: string, poolSize = POOL_SIZE): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: 'lodestone',
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    synchronize: false,
    // Queries that do not wait for one another's answers go out together.
    extra: { pipeline: true },
    // An idle connection that the server ends must not end us: the pool opens another.
    poolErrorHandler: () => undefined,
    entities: [
      LogHeadRow,
      EntryRow,
      StatementRow,
      DisclosureRow,
      EvidenceRow,
      TileRow,
      CheckpointRow,
      StateRow,
      MentionRow,
      LineageRow,
      WitnessStateRow,
      WitnessEvidenceRow,
      CosignatureRow,
    ],
    migrations: [
      CreateLedger1795000000000,
      AddSuccession1795200000000,
      SortState1795300000000,
      CountForks1795400000000,
    ],
  });
}

/** The connections of a data source: what readers and the sequencer work on. */
export type Pool = pg.Pool;

/** The `pg` pool of a connected data source, for plain SQL. */
export function poolOf(dataSource: DataSource): pg.Pool {
  // TypeORM leaves the type of `master` open, because it takes other drivers than pg.
  return (dataSource.driver as unknown as { master: pg.Pool }).master;
}
