import type pg from 'pg';
import { fromHex } from '#lib/documents';
import { timed } from '../connection.js';
import type { Accepted, BatchVerdict } from './batch-verdict.js';
import { byteaArray, int8Array, textArray } from './binary-array.js';
import type { LogGrowth } from './log-growth.js';
import { LIVE, insertProjections } from './projection-insert.js';

const ENTRIES = `INSERT INTO entry (origin, index, leaf_hash, digest, recorded_at)
  SELECT $1, $2::bigint + n - 1, leaf_hash, digest, $3::timestamptz
  FROM unnest($4::bytea[], $5::bytea[]) WITH ORDINALITY AS new(leaf_hash, digest, n)`;

const STATEMENTS = `INSERT INTO statement (origin, index, identity, type, bytes)
  SELECT $1, $2::bigint + n - 1, identity, type, bytes
  FROM unnest($3::bytea[], $4::text[], $5::bytea[]) WITH ORDINALITY AS new(identity, type, bytes, n)`;

const DISCLOSURES = `INSERT INTO disclosure (origin, index, bytes)
  SELECT $1, index, bytes FROM unnest($2::bigint[], $3::bytea[]) AS new(index, bytes)`;

const EVIDENCE = `INSERT INTO evidence (origin, index, digest, bytes)
  SELECT $1, index, digest, bytes
  FROM unnest($2::bigint[], $3::bytea[], $4::bytea[]) AS new(index, digest, bytes)
  ON CONFLICT (digest) DO NOTHING`;

const TILES = `INSERT INTO tile (origin, level, index, hashes)
  SELECT $1, level, index, hashes
  FROM unnest($2::bigint[], $3::bigint[], $4::bytea[]) AS new(level, index, hashes)`;

const CHECKPOINT = 'INSERT INTO checkpoint (origin, size, note) VALUES ($1, $2, $3)';

const HEAD = `UPDATE log_head SET epoch = $5, size = $6, root = $7, edge = $8,
    last_leaf_hash = $9, checkpoint = $10, recorded_at = $11
  WHERE origin = $1 AND epoch = $2 AND size = $3 AND root = $4`;

/** Sends one insert without waiting for those sent before it; named, so that a connection plans it once. */
type Send = (name: string, text: string, values: unknown[]) => Promise<pg.QueryResult>;

/**
 * Writes what the statements of a batch, or of a slice of it, say: their bytes, and what `apply` made
 * of them. A slice that records nothing may still write what one before it left to it.
 */
export async function insertStatements(
  client: pg.ClientBase,
  origin: string,
  verdict: BatchVerdict,
): Promise<void> {
  const send = sender(client);
  const items = verdict.accepted.map(({ item }) => item);
  await Promise.all([
    items.length > 0 &&
      send('statement', STATEMENTS, [
        origin,
        verdict.accepted[0]!.index,
        byteaArray(items.map(({ identity }) => fromHex(identity))),
        textArray(items.map(({ type }) => type)),
        byteaArray(items.map(({ bytes }) => bytes)),
      ]),
    insertAttachments(send, origin, verdict.accepted),
    insertProjections(client, LIVE, origin, verdict),
  ]);
}

/** Writes what a batch adds to the log, and moves the head by compare-and-swap. */
export async function insertGrowth(
  client: pg.ClientBase,
  origin: string,
  growth: LogGrowth,
  accepted: readonly Accepted[],
): Promise<void> {
  const send = sender(client);
  const { before, after, leafHashes } = growth;
  const [moved] = await Promise.all([
    moveHead(send, origin, growth),
    send('entry', ENTRIES, [
      origin,
      before.size,
      after.recordedAt,
      byteaArray(leafHashes),
      byteaArray(accepted.map(({ item }) => fromHex(item.digest))),
    ]),
    insertLogParts(send, origin, growth),
  ]);
  if (moved.rowCount !== 1) throw new Error('The head moved although this batch held its lock');
}

async function insertAttachments(
  send: Send,
  origin: string,
  accepted: readonly Accepted[],
): Promise<void> {
  const disclosed = accepted.filter(({ item }) => item.disclosures !== null);
  const evidence = accepted.flatMap(({ item, index }) =>
    (item.evidence ?? []).map((document) => ({ ...document, index })),
  );
  await Promise.all([
    disclosed.length > 0 &&
      send('disclosure', DISCLOSURES, [
        origin,
        int8Array(disclosed.map(({ index }) => index)),
        byteaArray(disclosed.map(({ item }) => item.disclosures!)),
      ]),
    evidence.length > 0 &&
      send('evidence', EVIDENCE, [
        origin,
        int8Array(evidence.map(({ index }) => index)),
        byteaArray(evidence.map(({ digest }) => fromHex(digest))),
        byteaArray(evidence.map(({ bytes }) => bytes)),
      ]),
  ]);
}

async function insertLogParts(
  send: Send,
  origin: string,
  { tiles, after }: LogGrowth,
): Promise<void> {
  await Promise.all([
    tiles.length > 0 &&
      send('tile', TILES, [
        origin,
        int8Array(tiles.map(({ level }) => level)),
        int8Array(tiles.map(({ index }) => index)),
        byteaArray(tiles.map(({ bytes }) => bytes)),
      ]),
    send('checkpoint', CHECKPOINT, [origin, after.size, after.checkpoint]),
  ]);
}

function moveHead(send: Send, origin: string, { before, after }: LogGrowth) {
  return send('head', HEAD, [
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
  ]);
}

function sender(client: pg.ClientBase): Send {
  return (name, text, values) => client.query(timed({ name: `ledger ${name}`, text, values }));
}
