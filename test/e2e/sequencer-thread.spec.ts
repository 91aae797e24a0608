import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { generateKey, signerOf } from '#lib/keys';
import { SequencerThread } from '../../apps/registry/src/sequencer/sequencer-thread.js';
import type { VerifiedStatement } from '../../apps/registry/src/sequencer/sequencing.js';
import { setSignal } from '../../apps/registry/src/witness/gate-signal.js';
import { WriteGate } from '../../apps/registry/src/witness/write-gate.js';
import { startRegistry, submission, type TestRegistry } from '../support/registry.js';

const WORKER = pathToFileURL(path.resolve('test/support/mortal-sequencer-worker.mjs'));

jest.setTimeout(60_000);

/** The thread as it is built, beside a registry on the same database. */
describe('the thread on which statements are sequenced', () => {
  let au: TestRegistry;
  let gate: WriteGate;
  let thread: SequencerThread;
  let commits = 0;
  const faults: string[] = [];

  beforeAll(async () => {
    au = await startRegistry();
    gate = new WriteGate(pino({ level: 'silent' }));
    gate.open();
    thread = threadOf(gate);
  });
  afterAll(async () => {
    await thread?.close();
    await au?.close();
  });

  function threadOf(its: WriteGate, limit?: number): SequencerThread {
    const { configuration, database, registry } = au;
    const { did, origin } = registry.identity;
    return new SequencerThread({
      start: { configuration, databaseUrl: database.url, did, origin, predecessors: [] },
      gate: its,
      onFault: ({ stack }) => faults.push(stack!),
      onCommit: () => commits++,
      workerUrl: WORKER,
      ...(limit === undefined ? {} : { limit }),
    });
  }

  /** A party that registers itself, by the authority's word or without it. */
  async function registration(signer = au.authority): Promise<VerifiedStatement> {
    const key = signerOf(generateKey());
    const keys = [key.publicKeyMultibase];
    const subject = { id: key.did, name: 'Party', country: 'AU', roles: ['processor'], keys };
    const body = await submission(signer, 'PartyRegistration', subject, { with: [key] });
    const read = await au.registry.verifier.readSubmission(body);
    return { ...read, ...read.submission, evidence: [] };
  }

  function registrations(count: number): Promise<VerifiedStatement[]> {
    return Promise.all(Array.from({ length: count }, () => registration()));
  }

  async function problemOf(append: Promise<unknown>) {
    return append.then(
      () => undefined,
      ({ problem, details }) => ({ problem, ...details }),
    );
  }

  it('gives a receipt that the log of the registry confirms, and tells that something was recorded', async () => {
    const statement = await registration();
    const { receipt, isNew } = await thread.append(statement);
    expect(isNew).toBe(true);
    expect(receipt.digest).toBe(statement.digest);
    expect((await au.registry.log.receipt(receipt.index)).entry).toBe(receipt.entry);
    expect(commits).toBeGreaterThan(0);
  });

  it('gives the same receipt for the same bytes, and says that they are not new', async () => {
    const statement = await registration();
    const { receipt } = await thread.append(statement);
    const again = await thread.append(statement);
    expect(again.isNew).toBe(false);
    expect(again.receipt.index).toBe(receipt.index);
  });

  it('refuses by the name, the place and the words that the rules give', async () => {
    const stranger = signerOf(generateKey());
    const refusal = await problemOf(thread.append(await registration(stranger)));
    expect(refusal).toMatchObject({ problem: 'party-unknown', pointer: '/issuer' });
    expect(refusal!.detail).toContain(stranger.did);
  });

  it('dies in the middle of a batch, and has lost nothing and recorded nothing twice', async () => {
    const statements = await registrations(40);
    const before = await au.registry.log.treeSize();
    const deadly = { ...(await registration()), identity: 'd'.repeat(64) };
    const answers = await Promise.allSettled([...statements, deadly].map((s) => thread.append(s)));
    expect(answers.some(({ status }) => status === 'rejected')).toBe(true);
    for (const answer of answers)
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ problem: 'internal' });
    const receipts = await Promise.all(statements.map((statement) => thread.append(statement)));
    expect(new Set(receipts.map(({ receipt }) => receipt.index)).size).toBe(40);
    // COMMIT may have been on its way: then what the thread died of is recorded with the others.
    const died = await au.registry.ledger.statementByDigest(deadly.digest);
    expect(await au.registry.log.treeSize()).toBe(before + 40 + (died ? 1 : 0));
  });

  it('refuses what comes while the gate is shut, and why', async () => {
    const shut = new WriteGate(pino({ level: 'silent' }));
    const other = threadOf(shut);
    expect(await problemOf(other.append(await registration()))).toMatchObject({
      problem: 'log-read-only',
      detail: 'The registry is starting.',
    });
    await other.close();
  });

  it('signs nothing for a statement that was under way when the gate was shut', async () => {
    const statement = await registration();
    const before = await au.registry.log.treeSize();
    setSignal(gate.signal, false);
    const refusal = await problemOf(thread.append(statement));
    setSignal(gate.signal, true);
    expect(refusal).toMatchObject({
      problem: 'log-read-only',
      extensions: { retryAfterSeconds: 2 },
    });
    expect(await au.registry.log.treeSize()).toBe(before);
  });

  it('turns away what would wait behind too many, and answers the others', async () => {
    const narrow = threadOf(gate, 3);
    const statements = await registrations(5);
    const answers = await Promise.allSettled(
      statements.map((statement) => narrow.append(statement)),
    );
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 3 }, () => 'fulfilled'),
      ...Array.from({ length: 2 }, () => 'rejected'),
    ]);
    expect(answers.at(-1)).toMatchObject({ reason: { problem: 'overloaded' } });
    expect(narrow.waiting).toBe(0);
    await narrow.close();
  });

  it('answers what waits before it ends, and takes nothing more in', async () => {
    const ending = threadOf(gate);
    const [first, late] = await registrations(2);
    const answer = ending.append(first!);
    const ended = ending.close();
    expect(await problemOf(ending.append(late!))).toMatchObject({ problem: 'overloaded' });
    expect((await answer).isNew).toBe(true);
    await ended;
  });

  it('tells the operator of no fault but those that were provoked', () => {
    expect(faults).toEqual([]);
  });
});
