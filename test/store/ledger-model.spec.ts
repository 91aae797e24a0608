import fc from 'fast-check';
import { LedgerReader, type Log, migrateDatabase, poolOf } from '#lib/store';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { type ToyProcess, open, startToy, toyLog, transfer } from '../support/toy-ledger.js';

describe('any course of statements', () => {
  let database: FreshDatabase;
  let log: Log;
  let processes: ToyProcess[];

  beforeAll(async () => {
    database = await freshDatabase();
    await migrateDatabase(database.adminUrl);
    log = toyLog();
    processes = [
      await startToy(database.url, log, { batchSize: 3 }),
      await startToy(database.url, log, { batchSize: 16 }),
    ];
  });

  afterAll(async () => {
    for (const toy of processes ?? []) await toy.stop();
    await database?.drop();
  });

  const NAMES = ['ann', 'bob', 'carl'];
  const name = fc.constantFrom(...NAMES);
  const move = fc.record({ from: name, to: name, amount: fc.integer({ min: 0, max: 8 }) });
  const rounds = fc.array(fc.array(move, { maxLength: 12 }), { minLength: 1, maxLength: 6 });

  let run = 0;

  it('comes to what the same statements come to one by one, in the order of the log', async () => {
    await fc.assert(
      fc.asyncProperty(rounds, async (courses) => {
        const prefix = `run ${run++}`;
        const account = (person: string) => `${prefix} ${person}`;
        for (const person of NAMES) await processes[0]!.sequencer.append(open(account(person), 10));
        const balances = new Map(NAMES.map((person) => [person, 10]));
        for (const [round, moves] of courses.entries()) {
          const results = await Promise.allSettled(
            moves.map(({ from, to, amount }, i) =>
              processes[i % 2]!.sequencer.append(
                transfer(account(from), account(to), amount, `${round}.${i}`),
              ),
            ),
          );
          const recorded = results.flatMap((result, i) =>
            result.status === 'fulfilled' ? [{ index: result.value.index, ...moves[i]! }] : [],
          );
          for (const { from, to, amount } of recorded.sort((a, b) => a.index - b.index)) {
            expect(balances.get(from)!).toBeGreaterThanOrEqual(amount);
            // What the toy's rules do to an account that pays itself: the second write stands.
            const [paid, got] = [balances.get(from)! - amount, balances.get(to)! + amount];
            balances.set(from, paid).set(to, got);
          }
        }
        const reader = new LedgerReader(poolOf(processes[0]!.dataSource), log, () => undefined);
        for (const person of NAMES)
          expect(await reader.state(`account/${account(person)}`)).toBe(balances.get(person));
      }),
      { numRuns: 25 },
    );
  });
});
