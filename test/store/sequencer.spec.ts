import { policyOfLog, parseEntry, parseTlogProof, verifyEntryProof } from '#lib/tlog';
import {
  LedgerReader,
  type Log,
  LogReader,
  type Receipt,
  migrateDatabase,
  poolOf,
} from '#lib/store';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import {
  type ToyProcess,
  open,
  startToy,
  toyDeciders,
  toyItem,
  toyLog,
  transfer,
} from '../support/toy-ledger.js';

describe('recording statements', () => {
  let database: FreshDatabase;
  let log: Log;
  let toy: ToyProcess;
  let reader: LedgerReader;
  let logReader: LogReader;

  beforeEach(async () => {
    database = await freshDatabase();
    await migrateDatabase(database.adminUrl);
    log = toyLog();
    toy = await startToy(database.url, log);
    const pool = poolOf(toy.dataSource);
    reader = new LedgerReader(pool, log, (fault) => toy.faults.push(fault));
    logReader = new LogReader(pool, log, (fault) => toy.faults.push(fault));
  });

  afterEach(async () => {
    await toy.stop();
    await database.drop();
  });

  const append = (...items: ReturnType<typeof toyItem>[]) =>
    Promise.allSettled(items.map((item) => toy.sequencer.append(item)));

  const problemsOf = (results: PromiseSettledResult<Receipt>[]) =>
    results.map((result) => (result.status === 'rejected' ? result.reason.problem : 'recorded'));

  const verify = async ({ entry, proof }: Receipt) =>
    verifyEntryProof(
      log.crypto,
      parseTlogProof(proof),
      Buffer.from(entry),
      policyOfLog(log.keys[0]!),
    );

  it('gives a receipt that a stranger can verify with the log’s key alone', async () => {
    const item = open('ann', 10);
    const receipt = await toy.sequencer.append(item);
    const { entry } = await verify(receipt);
    expect(entry).toMatchObject({ index: 0, origin: log.origin, digest: item.digest });
  });

  it('gives the same receipt when the same bytes are sent again, then and much later', async () => {
    const first = await toy.sequencer.append(open('ann', 10));
    const later = Array.from({ length: 300 }, (_, i) => open(`other ${i}`, 1));
    await append(...later);
    expect(await toy.sequencer.append(open('ann', 10))).toEqual(first);
    const [again, twice] = await Promise.all([
      toy.sequencer.append(open('bob', 1)),
      toy.sequencer.append(open('bob', 1)),
    ]);
    expect(twice).toEqual(again);
    await expect(logReader.treeSize()).resolves.toBe(302);
  });

  it('refuses other bytes of a payload that is recorded, and names the entry', async () => {
    await toy.sequencer.append(open('ann', 10));
    const resigned = toyItem({ kind: 'open', to: 'ann', amount: 10, proof: 'another signature' });
    await expect(toy.sequencer.append(resigned)).rejects.toMatchObject({
      problem: 'identity-conflict',
      details: { extensions: { origin: log.origin, index: 0, digest: open('ann', 10).digest } },
    });
    const both = await append(
      toyItem({ kind: 'open', to: 'eve', proof: 'one' }),
      toyItem({ kind: 'open', to: 'eve', proof: 'two' }),
    );
    expect(problemsOf(both)).toEqual(['recorded', 'identity-conflict']);
  });

  it('lets a refused statement fall alone, and those behind it see what was before it', async () => {
    const results = await append(
      open('ann', 10),
      transfer('ann', 'bob', 11),
      transfer('ann', 'bob', 7),
      transfer('ann', 'bob', 7, 'again'),
      transfer('bob', 'carl', 7),
      toyItem({ kind: 'break', from: 'ann' }),
      toyItem({ kind: 'stray', from: 'ann' }),
      transfer('ann', 'carl', 3),
    );
    expect(problemsOf(results)).toEqual([
      'recorded',
      'mass-exceeded',
      'recorded',
      'mass-exceeded',
      'recorded',
      'internal',
      'internal',
      'recorded',
    ]);
    expect(await reader.states(['account/ann', 'account/bob', 'account/carl'])).toEqual(
      new Map([
        ['account/ann', 0],
        ['account/bob', 0],
        ['account/carl', 10],
      ]),
    );
    const indexes = results.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value.index] : [],
    );
    expect(indexes).toEqual([0, 1, 2, 3]);
    expect(toy.faults.map(({ message }) => message)).toEqual([
      'this decider is broken',
      'A decider reads account/nobody, which it does not touch',
    ]);
  });

  it('proves every entry of growing batches across tile borders', async () => {
    const receipts: Receipt[] = [];
    for (const count of [1, 2, 5, 120, 256, 130, 300]) {
      const results = await append(
        ...Array.from({ length: count }, (_, i) => open(`${receipts.length + i}`, 1)),
      );
      for (const result of results) if (result.status === 'fulfilled') receipts.push(result.value);
    }
    expect(receipts).toHaveLength(814);
    for (const receipt of receipts) await verify(receipt);
    for (const [i, receipt] of receipts.entries()) {
      expect(receipt.index).toBe(i);
      if (i % 97 === 0) expect(await logReader.receipt(i)).toEqual(receipt);
    }
    const chained = receipts.map(({ entry }) => parseEntry(Buffer.from(entry)));
    for (let i = 1; i < chained.length; i++)
      expect(chained[i]!.recordedAt >= chained[i - 1]!.recordedAt).toBe(true);
  });

  it('decides a full batch, which it sends off in slices, as it would decide one by one', async () => {
    const names = ['ann', 'bob', 'carl', 'dora', 'eve'];
    const balances = new Map<string, number>();
    const expected: string[] = [];
    const items = Array.from({ length: 256 }, (_, i) => {
      const [from, to] = [names[(i * 7) % 5]!, names[(i * 3 + 1) % 5]!];
      const held = balances.get(from) ?? 0;
      // Whoever is closed stays away for a slice or two, and is then opened again.
      if (i % 50 === 0) {
        expected.push(balances.has(to) ? 'already-registered' : 'recorded');
        if (!balances.has(to)) balances.set(to, 20);
        return toyItem({ kind: 'open', to, amount: 20, nonce: i });
      }
      if (i % 60 === 20) {
        expected.push('recorded');
        balances.delete(from);
        return toyItem({ kind: 'close', from, nonce: i });
      }
      const amount = i % 6;
      expected.push(held < amount ? 'mass-exceeded' : 'recorded');
      if (held >= amount) {
        const received = (balances.get(to) ?? 0) + amount;
        balances.set(from, held - amount).set(to, received);
      }
      return transfer(from, to, amount, i);
    });
    const results = await append(...items);
    expect(problemsOf(results)).toEqual(expected);
    expect(new Set(expected)).toEqual(new Set(['recorded', 'mass-exceeded', 'already-registered']));
    expect(await reader.states(names.map((name) => `account/${name}`))).toEqual(
      new Map([...balances].map(([name, balance]) => [`account/${name}`, balance])),
    );
    const recorded = expected.filter((outcome) => outcome === 'recorded').length;
    const { rows } = await poolOf(toy.dataSource).query(
      'SELECT size FROM checkpoint ORDER BY size',
    );
    expect(rows).toEqual([{ size: '0' }, { size: `${recorded}` }]);
    for (const result of results) if (result.status === 'fulfilled') await verify(result.value);
  });

  it('writes at the end what a slice left to a statement that then was refused', async () => {
    const filling = Array.from({ length: 70 }, (_, i) => open(`other ${i}`, 1));
    const results = await append(open('ann', 10), ...filling, transfer('ann', 'bob', 11));
    expect(problemsOf(results).at(-1)).toBe('mass-exceeded');
    expect(await reader.state('account/ann')).toBe(10);
  });

  it('finds the one value that the database refuses, though slices behind it were sent', async () => {
    const items = Array.from({ length: 130 }, (_, i) => open(i === 5 ? 'nul \u0000' : `${i}`, 1));
    const problems = problemsOf(await append(...items));
    expect(problems.filter((problem) => problem !== 'recorded')).toEqual(['internal']);
    expect(problems[5]).toBe('internal');
    expect(toy.faults).toHaveLength(1);
  });

  it('removes a state key that apply writes null to', async () => {
    await append(open('ann', 1), toyItem({ kind: 'close', from: 'ann' }));
    expect(await reader.state('account/ann')).toBeUndefined();
    await append(toyItem({ kind: 'open', to: 'ann', amount: 2 }));
    expect(await reader.state('account/ann')).toBe(2);
  });

  it('stores disclosures beside the statement, and cited evidence once', async () => {
    const document = Buffer.from('a bundle');
    const digest = Buffer.from(log.crypto.sha256(document)).toString('hex');
    const evidence = [{ digest, bytes: document }];
    const disclosures = Buffer.from('[]');
    await append(
      toyItem({ kind: 'open', to: 'ann' }, { disclosures, evidence }),
      toyItem({ kind: 'open', to: 'bob' }, { evidence }),
    );
    const [ann, bob] = await reader.statementsAt([0, 1]);
    expect(ann!.disclosures).toEqual(disclosures);
    expect(bob!.disclosures).toBeNull();
    expect(await reader.evidence(digest)).toEqual(document);
    await expect(
      toy.sequencer.append(toyItem({ kind: 'open', to: 'c' }, { digest })),
    ).rejects.toThrow('is not the digest');
  });

  it('answers overloaded at once when too many wait, and serves those it promised', async () => {
    await toy.stop();
    toy = await startToy(database.url, log, { queueLimit: 10, batchSize: 4 });
    const results = await append(...Array.from({ length: 25 }, (_, i) => open(`${i}`, 1)));
    expect(problemsOf(results).filter((name) => name === 'recorded')).toHaveLength(10);
    expect(problemsOf(results).filter((name) => name === 'overloaded')).toHaveLength(15);
    const refused = results.at(-1) as PromiseRejectedResult;
    expect(refused.reason.details.extensions).toEqual({ retryAfterSeconds: 1 });
    expect(problemsOf(await append(open('later', 1)))).toEqual(['recorded']);
  });

  it('answers what it took in before it closes, and takes nothing more', async () => {
    const promised = append(open('ann', 1), open('bob', 1));
    await toy.sequencer.close();
    expect(problemsOf(await promised)).toEqual(['recorded', 'recorded']);
    await expect(toy.sequencer.append(open('carl', 1))).rejects.toMatchObject({
      problem: 'overloaded',
    });
  });

  it('rolls a batch back for a value the database refuses, and blames that statement alone', async () => {
    const results = await append(
      open('ann', 1),
      toyItem({ kind: 'open', to: `nul \u0000`, amount: 1 }),
      open('bob', 1),
    );
    expect(problemsOf(results)).toEqual(['recorded', 'internal', 'recorded']);
    expect(toy.faults).toHaveLength(1);
  });

  it('never runs time backwards, and refuses when the clock is far behind the log', async () => {
    await append(open('ann', 1));
    const pool = poolOf(toy.dataSource);
    await pool.query(`UPDATE log_head SET recorded_at = clock_timestamp() + interval '3 s'`);
    const ahead = await toy.sequencer.append(open('bob', 1));
    const next = await toy.sequencer.append(open('carl', 1));
    const timeOf = ({ entry }: Receipt) => parseEntry(Buffer.from(entry)).recordedAt;
    expect(timeOf(next)).toBe(timeOf(ahead));
    await pool.query(`UPDATE log_head SET recorded_at = clock_timestamp() + interval '1 hour'`);
    await expect(toy.sequencer.append(open('dora', 1))).rejects.toMatchObject({
      problem: 'clock-behind',
    });
  });

  it('hands deciders the index and the time that the entry gets', async () => {
    await toy.stop();
    const seen: unknown[] = [];
    toy = await startToy(database.url, log, {
      deciders: { ...toyDeciders, decide: (_state, _signed, at) => void seen.push(at) },
    });
    const { entry } = await toy.sequencer.append(open('ann', 1));
    const { index, origin, recordedAt } = parseEntry(Buffer.from(entry));
    expect(seen).toEqual([{ index, origin, recordedAt }]);
  });
});
