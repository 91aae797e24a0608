import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { AuditReport } from '#lib/store';
import type { RecordingWitness } from './recording-witness.js';
import type { Testimony } from './testimony.js';

/** A registry after a fault: where it serves, its database, and those who have watched it. */
export interface Scene {
  url: string;
  vkey: string;
  /** The owner's, at the server itself. */
  adminUrl: string;
  /** The surroundings in which the registry's own programs find it. */
  env: Readonly<Record<string, string>>;
  testimony: Testimony;
  witness?: RecordingWitness;
}

interface Row {
  index: number;
  digest: string;
  leafHash: Buffer;
  /** The statement's exact bytes. */
  bytes: Buffer;
}

const READER = 'test/support/independent-reader.mjs';
/** Each is shown a path of hashes from scratch. */
const PROOFS_MAX = 100;
const AUDIT = 'dist/apps/registry/src/audit.js';
const sha256 = (...parts: Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/**
 * What must hold after every fault, judged by programs and lines of hashing that share nothing with
 * the libs: no acknowledged entry is missing, no index is reused or skipped, every checkpoint that
 * was ever revealed is of one growing tree, body → entry → tile → root is equal, each statement
 * stands once, no refused one stands, no lot is spent twice, and no witness was shown a smaller or a
 * forked head. Then the registry's own audit agrees. Throws on whatever does not hold.
 */
export async function inspect(scene: Scene): Promise<number> {
  const { testimony, witness, url } = scene;
  await revealAll(url, testimony);
  const rows = await readRows(scene.adminUrl);
  expect(testimony.faults).toEqual([]);
  expectWhole(rows);
  expectOneTree(rows, testimony, witness);
  expectTestimony(rows, testimony);
  expectSpentOnce(rows);
  await runReader(scene, rows.length);
  expect(await audit(scene.env)).toMatchObject({ treeSize: rows.length, findings: [] });
  return rows.length;
}

/** Every checkpoint that the registry admits to. */
async function revealAll(url: string, { checkpoints }: Testimony): Promise<void> {
  for (let from: number | null = 0; from !== null;) {
    // On a connection of its own: those to a process that was killed since are of no use.
    const headers = { connection: 'close' };
    const answer = await fetch(`${url}/log/checkpoints?from=${from}`, { headers });
    const page = (await answer.json()) as { checkpoints: string[]; next: number | null };
    for (const note of page.checkpoints) checkpoints.add(note);
    from = page.next;
  }
}

async function readRows(adminUrl: string): Promise<Row[]> {
  const owner = new pg.Client({ connectionString: adminUrl });
  await owner.connect();
  const { rows } = await owner.query(
    `SELECT e.index::int, encode(e.digest, 'hex') AS digest, e.leaf_hash AS "leafHash", s.bytes
     FROM entry e FULL JOIN statement s USING (origin, index) ORDER BY index`,
  );
  await owner.end();
  return rows as Row[];
}

/** Body → entry, and no gap: entry → tile → root is the independent reader's. */
function expectWhole(rows: readonly Row[]): void {
  expect(rows.map(({ index }) => index)).toEqual(rows.map((_, i) => i));
  const payloads = new Set<string>();
  for (const { digest, bytes } of rows) {
    expect(sha256(bytes).toString('hex')).toBe(digest);
    const { proof: _, ...payload } = JSON.parse(bytes.toString()) as Record<string, unknown>;
    payloads.add(JSON.stringify(payload));
  }
  expect(payloads.size).toBe(rows.length);
}

/** Every checkpoint that anybody was shown is the root over the first so many of these leaves. */
function expectOneTree(
  rows: readonly Row[],
  { checkpoints }: Testimony,
  witness: RecordingWitness | undefined,
): void {
  const roots = rootsOf(rows.map(({ leafHash }) => leafHash));
  for (const note of checkpoints) {
    const [, size, root] = note.split('\n');
    expect([size, root]).toEqual([size, roots[Number(size)]?.toString('base64')]);
  }
  expect(witness?.contradictions ?? []).toEqual([]);
  for (const { size, rootHash } of witness?.shown ?? [])
    expect([size, Buffer.from(rootHash)]).toEqual([size, roots[size]]);
}

/** RFC 6962 §2.1: MTH of every prefix, by a stack of complete subtrees. */
function rootsOf(leaves: readonly Buffer[]): Buffer[] {
  const stack: { hash: Buffer; size: number }[] = [];
  const node = (left: Buffer, right: Buffer) => sha256(Uint8Array.of(1), left, right);
  const roots: Buffer[] = [sha256()];
  for (const leaf of leaves) {
    stack.push({ hash: leaf, size: 1 });
    while (stack.length > 1 && stack.at(-1)!.size === stack.at(-2)!.size) {
      const right = stack.pop()!;
      const left = stack.pop()!;
      stack.push({ hash: node(left.hash, right.hash), size: left.size + right.size });
    }
    roots.push(stack.map(({ hash }) => hash).reduceRight((right, left) => node(left, right)));
  }
  return roots;
}

function expectTestimony(rows: readonly Row[], { acknowledged, refused }: Testimony): void {
  const recorded = new Map(rows.map((row) => [statementIn(row.bytes), row.index]));
  for (const { body, receipt } of acknowledged) {
    const row = rows[receipt.index];
    expect([receipt.index, receipt.digest]).toEqual([recorded.get(statementOf(body)), row?.digest]);
    const leaf = sha256(Uint8Array.of(0), Buffer.from(receipt.entry));
    expect(leaf).toEqual(row!.leafHash);
  }
  for (const { body } of refused) expect(recorded.get(statementOf(body))).toBeUndefined();
}

const statementIn = (bytes: Uint8Array) => Buffer.from(bytes).toString();

/** The statement's bytes in a submission without disclosures: `{"disclosures":[],"statement":…}`. */
function statementOf(body: Uint8Array): string {
  const text = Buffer.from(body).toString();
  const start = '{"disclosures":[],"statement":';
  if (!text.startsWith(start)) throw new Error('This load discloses nothing');
  return text.slice(start.length, -1);
}

/** Of all offers of one lot, each for the whole of it, one stands. */
function expectSpentOnce(rows: readonly Row[]): void {
  const offered = rows
    .map(({ bytes }) => JSON.parse(bytes.toString()))
    .filter(({ type }) => type[1] === 'HandoverOffer')
    .map(({ credentialSubject }) => credentialSubject.batch as string);
  expect(new Set(offered).size).toBe(offered.length);
}

/** The reader goes through every entry and every tile, and up a good number of the proofs. */
async function runReader({ url, vkey, testimony }: Scene, size: number): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-receipts-'));
  const every = Math.ceil(testimony.acknowledged.length / PROOFS_MAX);
  const chosen = testimony.acknowledged.filter((_, i) => i % every === 0);
  const proofs = chosen.flatMap(({ receipt }, i) => {
    const [proof, entry] = [path.join(folder, `${i}.proof`), path.join(folder, `${i}.entry`)];
    fs.writeFileSync(proof, receipt.proof);
    fs.writeFileSync(entry, receipt.entry);
    return ['--proof', proof, entry];
  });
  try {
    const found = JSON.parse(await run(READER, [`${url}/log`, vkey, ...proofs]));
    expect(found).toMatchObject({ size, proofs: chosen.length });
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** What the registry's own audit says of its database, run as its operator runs it. */
export async function audit(env: Scene['env']): Promise<AuditReport> {
  return JSON.parse(await run(AUDIT, ['--json'], env)) as AuditReport;
}

/** What a program prints, also when it exits with 1; throws what it complains of when it prints nothing. */
function run(program: string, args: string[], env: Readonly<Record<string, string>> = {}) {
  return new Promise<string>((resolve, reject) => {
    const options = { env: { PATH: process.env['PATH'], ...env }, maxBuffer: 2 ** 26 };
    execFile(process.execPath, [program, ...args], options, (_error, stdout, stderr) => {
      if (stdout) resolve(stdout);
      else reject(new Error(stderr));
    });
  });
}
