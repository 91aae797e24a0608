import { type LedgerDeciders, LedgerReader, migrateDatabase, poolOf } from '#lib/store';
import type { Json, StateView, StateWrite } from '#lib/documents';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { type ToyProcess, startToy, toyItem, toyLog } from '../support/toy-ledger.js';

/** A statement that touches the keys `from` and `to`, and does to state what its kind says. */
type Rule = (state: StateView, from: string, to: string) => StateWrite[];

let kept: StateView | undefined;

/** Rules as careless as rules can be. */
const RULES: Record<string, Rule> = {
  put: (_, from, to) => [
    [from, { list: [1] }],
    [to, { list: [2] }],
  ],
  'keep the view': (state) => {
    kept = state;
    return [];
  },
  'use the kept view': (_, from) => [[from, kept!.get('key/a') ?? null]],
  'change what it read': (state, from) => {
    (state.get(from) as { list: Json[] }).list.push('changed');
    return [];
  },
  'write elsewhere': (_, from) => [
    [from, 'taken over'],
    ['key/a', 'trespass'],
  ],
  'write no JSON': (_, from, to) => [
    [from, 'taken over'],
    [to, Number.NaN],
  ],
  'write half a character': (_, from) => [[from, '\ud800']],
  'write out of order': (_, from) => [[from, { b: 1, a: { d: '\u20ac', c: [] } }]],
};

const carelessDeciders: LedgerDeciders = {
  touches: (signed) => keysOf(signed),
  decide: () => undefined,
  apply: (state, signed) => {
    const [from, to] = keysOf(signed);
    return RULES[(signed as { kind: string }).kind]!(state, from!, to!);
  },
  lineage: () => [],
};

describe('the state that a batch is decided upon', () => {
  let database: FreshDatabase;
  let toy: ToyProcess;
  let reader: LedgerReader;

  beforeEach(async () => {
    database = await freshDatabase();
    await migrateDatabase(database.adminUrl);
    const log = toyLog();
    toy = await startToy(database.url, log, { deciders: carelessDeciders });
    reader = new LedgerReader(poolOf(toy.dataSource), log, (fault) => toy.faults.push(fault));
  });

  afterEach(async () => {
    await toy.stop();
    await database.drop();
  });

  /** Appends [kind, from, to] in one batch, and tells what became of each. */
  const append = async (...statements: [string, string, string][]) => {
    const items = statements.map(([kind, from, to]) => toyItem({ kind, from, to } as never));
    const results = await Promise.allSettled(items.map((item) => toy.sequencer.append(item)));
    return results.map((result) => (result.status === 'rejected' ? 'refused' : 'recorded'));
  };

  const state = (name: string) => reader.state(`key/${name}`);

  it('is shut to a statement whose turn is over, though the next one touches the same keys', async () => {
    const outcome = await append(
      ['put', 'a', 'b'],
      ['keep the view', 'a', 'b'],
      ['use the kept view', 'a', 'b'],
    );
    expect(outcome).toEqual(['recorded', 'recorded', 'refused']);
    expect(toy.faults[0]!.message).toBe('A decider reads key/a, which it does not touch');
  });

  it('is not changed by whoever reads it', async () => {
    const outcome = await append(['put', 'a', 'b'], ['change what it read', 'a', 'b']);
    expect(outcome).toEqual(['recorded', 'refused']);
    expect(await append(['change what it read', 'a', 'b'])).toEqual(['refused']);
    expect(await state('a')).toEqual({ list: [1] });
  });

  it('takes over all that a statement writes, or none of it, and the others stand', async () => {
    const outcome = await append(
      ['put', 'a', 'b'],
      ['write elsewhere', 'b', 'c'],
      ['write no JSON', 'b', 'a'],
      ['write half a character', 'a', 'b'],
      ['put', 'c', 'd'],
    );
    expect(outcome).toEqual(['recorded', 'refused', 'refused', 'refused', 'recorded']);
    expect(toy.faults.map(({ message }) => message)).toEqual([
      'A decider writes key/a, which it does not touch',
    ]);
    expect(await state('a')).toEqual({ list: [1] });
    expect(await state('b')).toEqual({ list: [2] });
  });

  it('is written in the one order of RFC 8785, in whichever order its members are', async () => {
    await append(['write out of order', 'a', 'b']);
    const { rows } = await poolOf(toy.dataSource).query('SELECT value FROM state');
    expect(rows).toEqual([{ value: '{"a":{"c":[],"d":"\u20ac"},"b":1}' }]);
  });
});

function keysOf(signed: unknown): string[] {
  const { from, to } = signed as { from: string; to: string };
  return [`key/${from}`, `key/${to}`];
}
