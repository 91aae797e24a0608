import pg from 'pg';
import { toHex } from '#lib/documents';
import { Keystore, nodeCrypto } from '#lib/keys';
import { poolOf, rebuildProjections, type Log } from '#lib/store';
import {
  appendLeafHashes,
  EMPTY_FRONTIER,
  formatEntry,
  formatFrontier,
  frontierRoot,
  leafHash,
  NO_PREVIOUS,
  parseVerifierKey,
  signCheckpoint,
} from '#lib/tlog';
import { replayWith } from '../../apps/registry/src/ledger/reopen-statement.js';
import { keystoreFile } from '../../apps/registry/src/registry-keys.js';
import type { TestRegistry } from './registry.js';

const { sha256 } = nodeCrypto;

/** What the tables hold for one entry, in the order of the log. */
export interface LedgerRow {
  digest: Buffer;
  recorded_at: Date;
  identity: Buffer;
  type: string;
  bytes: Buffer;
}

/** How far a forger goes beyond the rows themselves. */
export interface Forgery {
  /** Computes every leaf hash, the edge, the root and the head again. */
  tree?: boolean;
  /** Signs every checkpoint again, with the log key that was stolen. */
  signed?: boolean;
  /** Makes state and look-ups again from the forged rows. */
  projections?: boolean;
}

const TABLES = [
  'log_head',
  'entry',
  'statement',
  'disclosure',
  'checkpoint',
  'state',
  'mention',
  'lineage',
];

/** Somebody who owns a registry's database, and perhaps its log key, and lies. */
export class Forger {
  private constructor(
    readonly owner: pg.Client,
    private readonly registry: TestRegistry,
    private readonly stolen: (text: Uint8Array) => Uint8Array,
  ) {}

  static async of(registry: TestRegistry): Promise<Forger> {
    const owner = new pg.Client({ connectionString: registry.database.adminUrl });
    await owner.connect();
    // T16 and T21: the guards are triggers, and whoever owns the tables can switch them off.
    await owner.query('SET session_replication_role = replica');
    const { configuration } = registry;
    const keystore = await Keystore.open(keystoreFile(configuration), configuration.passphrase);
    return new Forger(owner, registry, keystore.signer('log').sign);
  }

  /** The log as an auditor knows it: by its public key. */
  get log(): Log {
    const { origin, vkey } = this.registry.registry.identity;
    const key = parseVerifierKey(sha256, vkey);
    const signCheckpoint = () => {
      throw new Error('An auditor signs nothing');
    };
    return { origin, crypto: nodeCrypto, keys: [key], signCheckpoint };
  }

  get pool(): pg.Pool {
    return poolOf(this.registry.registry.dataSource);
  }

  get replay() {
    const { verifier } = this.registry.registry;
    return replayWith((body, documents) => verifier.readSubmission(body, documents));
  }

  /** Does something to the database, lets somebody look, and puts everything back. */
  async during(tamper: () => Promise<unknown>, look: () => Promise<void>): Promise<void> {
    for (const table of TABLES)
      await this.owner.query(`CREATE TABLE kept_${table} AS TABLE ${table}`);
    try {
      await tamper();
      await look();
    } finally {
      for (const table of TABLES)
        await this.owner.query(
          `DELETE FROM ${table}; INSERT INTO ${table} TABLE kept_${table}; DROP TABLE kept_${table}`,
        );
    }
  }

  async rows(): Promise<LedgerRow[]> {
    const { rows } = await this.owner.query<LedgerRow>(
      `SELECT digest, recorded_at, identity, type, bytes
       FROM entry JOIN statement USING (origin, index) ORDER BY index`,
    );
    return rows;
  }

  /** Puts these rows in place of the ledger, with everything that depends on them as far as told. */
  async replace(rows: readonly LedgerRow[], forgery: Forgery = {}): Promise<void> {
    const { origin } = this.log;
    const leaves = forgery.tree ? leavesOf(origin, rows) : await this.#storedLeaves(rows.length);
    await this.owner.query('DELETE FROM entry; DELETE FROM statement');
    for (const [index, row] of rows.entries()) {
      const { digest, recorded_at, identity, type, bytes } = row;
      await this.owner.query('INSERT INTO entry VALUES ($1, $2, $3, $4, $5)', [
        origin,
        index,
        Buffer.from(leaves[index]!),
        digest,
        recorded_at,
      ]);
      await this.owner.query('INSERT INTO statement VALUES ($1, $2, $3, $4, $5)', [
        origin,
        index,
        identity,
        type,
        bytes,
      ]);
    }
    if (forgery.tree) await this.#moveHead(leaves, rows.at(-1)!.recorded_at);
    if (forgery.signed) await this.#signAgain(leaves);
    if (forgery.projections) {
      const { pool, log, replay } = this;
      await rebuildProjections({ pool, log, replay });
    }
  }

  async #storedLeaves(count: number): Promise<Uint8Array[]> {
    const { rows } = await this.owner.query<{ leaf_hash: Buffer }>(
      'SELECT leaf_hash FROM entry ORDER BY index',
    );
    return Array.from({ length: count }, (_, i) => (rows[i] ?? rows.at(-1)!).leaf_hash);
  }

  async #moveHead(leaves: Uint8Array[], recordedAt: Date): Promise<void> {
    const { frontier } = appendLeafHashes(sha256, EMPTY_FRONTIER, leaves);
    await this.owner.query(
      'UPDATE log_head SET size = $1, root = $2, edge = $3, last_leaf_hash = $4, recorded_at = $5',
      [
        leaves.length,
        Buffer.from(frontierRoot(sha256, frontier)),
        Buffer.from(formatFrontier(frontier)),
        Buffer.from(leaves.at(-1)!),
        recordedAt,
      ],
    );
  }

  /** As if the log had grown to the new entries one by one. */
  async #signAgain(leaves: Uint8Array[]): Promise<void> {
    const { origin, keys } = this.log;
    const signer = { key: keys[0]!, sign: this.stolen };
    await this.owner.query('DELETE FROM checkpoint');
    for (let treeSize = 0; treeSize <= leaves.length; treeSize++) {
      const { frontier } = appendLeafHashes(sha256, EMPTY_FRONTIER, leaves.slice(0, treeSize));
      const rootHash = frontierRoot(sha256, frontier);
      const note = signCheckpoint({ origin, treeSize, rootHash }, signer);
      await this.owner.query('INSERT INTO checkpoint VALUES ($1, $2, $3)', [
        origin,
        treeSize,
        note,
      ]);
      await this.owner.query('UPDATE log_head SET checkpoint = $1, epoch = $2', [note, treeSize]);
    }
  }
}

/** The leaf hashes of rows, each chained to the one before. */
function leavesOf(origin: string, rows: readonly LedgerRow[]): Uint8Array[] {
  const leaves: Uint8Array[] = [];
  for (const [index, { digest, recorded_at }] of rows.entries()) {
    const last = leaves.at(-1);
    const entry = formatEntry({
      digest: toHex(digest),
      index,
      origin,
      previous: last ? toHex(last) : NO_PREVIOUS,
      recordedAt: recorded_at.toISOString(),
    });
    leaves.push(leafHash(sha256, entry));
  }
  return leaves;
}

/** A row whose body says something else, with the digest that goes with it if `digest` is true. */
export function edited(row: LedgerRow, digest: boolean): LedgerRow {
  const bytes = Buffer.from(row.bytes.toString().replace('Party', 'Pirat'));
  if (bytes.equals(row.bytes)) throw new Error('There is nothing to edit in this row');
  return { ...row, bytes, digest: digest ? Buffer.from(sha256(bytes)) : row.digest };
}
