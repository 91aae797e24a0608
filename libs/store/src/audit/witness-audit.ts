import type pg from 'pg';
import { hashesEqual } from '#lib/tlog';
import { originsOf, type Log } from '../ledger.js';
import type { FindingListener } from './audit-finding.js';
import { reasonOf } from './entry-audit.js';

/** Verifies what concerns witnesses; each throws, or rejects, with the reason. */
export interface WitnessVerifiers {
  /** That a witness has cosigned our checkpoint, given as a note: the line is the witness's. */
  cosignature(checkpoint: string, witness: string, line: string): void | Promise<void>;
  /** That another log's note, as we hold it, is signed; gives what it says. */
  witnessed(note: string): Promise<{ origin: string; treeSize: number; rootHash: Uint8Array }>;
  /** That we have cosigned another log's note, as we do with every one that we hold. */
  cosigned(note: string): Promise<void>;
}

/**
 * Checks the cosignatures that our logs have got, the trees that we have cosigned for others, and
 * the forks that we have kept as evidence.
 */
export async function auditWitnessing(
  client: pg.ClientBase,
  log: Log,
  verifiers: WitnessVerifiers,
  found: FindingListener,
): Promise<void> {
  await auditCosignatures(client, originsOf(log), verifiers, found);
  await auditWitnessed(client, verifiers, found);
  await auditForks(client, verifiers, found);
}

async function auditCosignatures(
  client: pg.ClientBase,
  origins: readonly string[],
  verifiers: WitnessVerifiers,
  found: FindingListener,
): Promise<void> {
  const { rows } = await client.query<{
    size: string;
    witness: string;
    line: string;
    note: string | null;
  }>(
    `SELECT c.size, c.witness, c.line, p.note
     FROM cosignature c LEFT JOIN checkpoint p ON p.origin = c.origin AND p.size = c.size
     WHERE c.origin = ANY($1::text[]) ORDER BY c.size`,
    [origins],
  );
  for (const { size, witness, line, note } of rows)
    try {
      if (note === null) throw new Error('No checkpoint was signed at that size.');
      await verifiers.cosignature(note, witness, line);
    } catch (error) {
      const detail = `${witness}: ${reasonOf(error)}`;
      found({ name: 'altered', table: 'cosignature', index: Number(size), detail });
    }
}

async function auditWitnessed(
  client: pg.ClientBase,
  verifiers: WitnessVerifiers,
  found: FindingListener,
): Promise<void> {
  const { rows } = await client.query<{
    origin: string;
    size: string;
    root: Buffer;
    note: string;
  }>('SELECT origin, size, root, note FROM witness_state ORDER BY origin');
  for (const { origin, size, root, note } of rows)
    try {
      const signed = await verifiers.witnessed(note);
      const holds =
        signed.origin === origin &&
        signed.treeSize === Number(size) &&
        hashesEqual(signed.rootHash, root);
      if (!holds) throw new Error('The note says something else than the row.');
      await verifiers.cosigned(note);
    } catch (error) {
      const detail = `${origin}: ${reasonOf(error)}`;
      found({ name: 'altered', table: 'witness_state', index: Number(size), detail });
    }
}

/** Evidence is two notes of one log that cannot both be true: the one held, and the one offered. */
async function auditForks(
  client: pg.ClientBase,
  verifiers: WitnessVerifiers,
  found: FindingListener,
): Promise<void> {
  const { rows } = await client.query<{ origin: string; held: string; offered: string }>(
    'SELECT origin, held, offered FROM witness_evidence ORDER BY id',
  );
  for (const { origin, held, offered } of rows) {
    let index: number | null = null;
    try {
      const [ours, theirs] = [await verifiers.witnessed(held), await verifiers.witnessed(offered)];
      index = theirs.treeSize;
      const isFork =
        [ours, theirs].every((said) => said.origin === origin) &&
        ours.treeSize === theirs.treeSize &&
        !hashesEqual(ours.rootHash, theirs.rootHash);
      if (!isFork) throw new Error('The two notes do not contradict each other.');
      await verifiers.cosigned(held);
    } catch (error) {
      const detail = `${origin}: ${reasonOf(error)}`;
      found({ name: 'altered', table: 'witness_evidence', index, detail });
    }
  }
}

/** Evidence that is gone leaves nothing that contradicts itself: it is counted where the log is held. */
export async function auditForkCounts(
  client: pg.ClientBase,
  found: FindingListener,
): Promise<void> {
  const { rows } = await client.query<{ origin: string; kept: number; here: number }>(
    `SELECT origin, coalesce(held.forks, 0) AS kept, coalesce(evidence.forks, 0) AS here
     FROM witness_state held
     FULL JOIN (SELECT origin, count(*)::int AS forks FROM witness_evidence GROUP BY 1) evidence
       USING (origin)
     WHERE coalesce(held.forks, 0) <> coalesce(evidence.forks, 0) ORDER BY origin`,
  );
  for (const { origin, kept, here } of rows) {
    const name = here < kept ? 'missing' : 'surplus';
    const detail = `${origin}: ${here} forks are here, and ${kept} were kept.`;
    found({ name, table: 'witness_evidence', index: null, detail });
  }
}
