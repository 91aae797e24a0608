import type pg from 'pg';
import { fromHex } from '#lib/documents';
import { timed } from '../connection.js';
import type { Accepted, BatchVerdict } from './batch-verdict.js';
import { byteaArray, int8Array, textArray } from './binary-array.js';
import type { LogGrowth } from './log-growth.js';
import { LIVE, insertProjections } from './projection-insert.js';

/** Rows of several tables go out as one statement: each statement costs both sides as much as many rows. */
const STATEMENTS = `WITH disclosed AS (
    INSERT INTO disclosure (origin, index, bytes)
    SELECT $1, index, bytes FROM unnest($6::bigint[], $7::bytea[]) AS new(index, bytes))
  INSERT INTO statement (origin, index, identity, type, bytes)
  SELECT $1, $2::bigint + n - 1, identity, type, bytes
  FROM unnest($3::bytea[], $4::text[], $5::bytea[]) WITH ORDINALITY AS new(identity, type, bytes, n)`;

const EVIDENCE = `INSERT INTO evidence (origin, index, digest, bytes)
  SELECT $1, index, digest, bytes
  FROM unnest($2::bigint[], $3::bytea[], $4::bytea[]) AS new(index, digest, bytes)
  ON CONFLICT (digest) DO NOTHING`;

/**
 * What a batch adds to the log. It divides by zero, and so ends the transaction, when the head is not
 * the one that the batch is built upon: COMMIT is on its way already.
 */
const GROWTH = `WITH moved AS (
    UPDATE log_head SET epoch = $5, size = $6, root = $7, edge = $8,
      last_leaf_hash = $9, checkpoint = $10, recorded_at = $11
    WHERE origin = $1 AND epoch = $2 AND size = $3 AND root = $4
    RETURNING xmin::text AS version),
  entries AS (
    INSERT INTO entry (origin, index, leaf_hash, digest, recorded_at)
    SELECT $1, $3::bigint + n - 1, leaf_hash, digest, $11
    FROM unnest($12::bytea[], $13::bytea[]) WITH ORDINALITY AS new(leaf_hash, digest, n)),
  tiles AS (
    INSERT INTO tile (origin, level, index, hashes)
    SELECT $1, level, index, hashes
    FROM unnest($14::bigint[], $15::bigint[], $16::bytea[]) AS new(level, index, hashes)),
  checkpoints AS (
    INSERT INTO checkpoint (origin, size, note) VALUES ($1, $6, $10))
  SELECT 1 / count(*), max(version) AS version FROM moved`;

/**
 * Writes what the statements of a batch, or of a slice of it, say: their bytes, and what `apply` made
 * of them. A slice that records nothing may still write what one before it left to it. All is sent
 * when it returns.
 */
export async function insertStatements(
  client: pg.ClientBase,
  origin: string,
  verdict: BatchVerdict,
): Promise<void> {
  const { accepted } = verdict;
  await Promise.all([
    accepted.length > 0 && insertBytes(client, origin, accepted),
    insertEvidence(client, origin, accepted),
    insertProjections(client, LIVE, origin, verdict),
  ]);
}

/**
 * Writes what a batch adds to the log, and moves the head by compare-and-swap; gives the version of the
 * head's row. All is sent when it returns.
 */
export async function insertGrowth(
  client: pg.ClientBase,
  origin: string,
  { before, after, leafHashes, tiles }: LogGrowth,
  accepted: readonly Accepted[],
): Promise<string> {
  const { rows } = await send(client, 'growth', GROWTH, [
    origin,
    before.epoch,
    before.size,
    Buffer.from(before.root),
    after.epoch,
    after.size,
    Buffer.from(after.root),
    Buffer.from(after.edge),
    Buffer.from(after.lastLeafHash),
    after.checkpoint,
    after.recordedAt,
    byteaArray(leafHashes),
    byteaArray(accepted.map(({ item }) => fromHex(item.digest))),
    int8Array(tiles.map(({ level }) => level)),
    int8Array(tiles.map(({ index }) => index)),
    byteaArray(tiles.map(({ bytes }) => bytes)),
  ]);
  return (rows[0] as { version: string }).version;
}

async function insertBytes(
  client: pg.ClientBase,
  origin: string,
  accepted: readonly Accepted[],
): Promise<void> {
  const items = accepted.map(({ item }) => item);
  const disclosed = accepted.filter(({ item }) => item.disclosures !== null);
  await send(client, 'statement', STATEMENTS, [
    origin,
    accepted[0]!.index,
    byteaArray(items.map(({ identity }) => fromHex(identity))),
    textArray(items.map(({ type }) => type)),
    byteaArray(items.map(({ bytes }) => bytes)),
    int8Array(disclosed.map(({ index }) => index)),
    byteaArray(disclosed.map(({ item }) => item.disclosures!)),
  ]);
}

async function insertEvidence(
  client: pg.ClientBase,
  origin: string,
  accepted: readonly Accepted[],
): Promise<void> {
  const evidence = accepted.flatMap(({ item, index }) =>
    (item.evidence ?? []).map((document) => ({ ...document, index })),
  );
  if (evidence.length === 0) return;
  await send(client, 'evidence', EVIDENCE, [
    origin,
    int8Array(evidence.map(({ index }) => index)),
    byteaArray(evidence.map(({ digest }) => fromHex(digest))),
    byteaArray(evidence.map(({ bytes }) => bytes)),
  ]);
}

/** Sends one insert without waiting for those sent before it; named, so that a connection plans it once. */
function send(client: pg.ClientBase, name: string, text: string, values: unknown[]) {
  return client.query(timed({ name: `ledger ${name}`, text, values }));
}
