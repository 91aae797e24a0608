import * as fc from 'fast-check';
import { StateMemory } from '../../libs/store/src/sequencer/state-memory.js';
import { StoredValue } from '../../libs/store/src/sequencer/stored-value.js';

const LIMIT = 100;
const keys = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const texts = fc.integer({ min: 0, max: 10 ** 9 }).map(String);

/** What a batch reads and writes: a text, or null for a key that is removed. */
const batches = fc.record({
  read: fc.array(keys),
  writes: fc.array(fc.tuple(keys, fc.option(texts, { freq: 3 }))),
  forgets: fc.constantFrom(false, false, false, true),
});

describe('what is remembered of state from batch to batch', () => {
  it('is what the last batch left, or nothing, whatever was read, written, removed and forgotten', () => {
    fc.assert(
      fc.property(fc.array(batches, { maxLength: 40 }), (run) => {
        const memory = new StateMemory(LIMIT);
        const state = new Map<string, StoredValue>();
        for (const { read, writes, forgets } of run) {
          if (forgets) memory.clear();
          const found = memory.recall(['a', 'b', 'c', 'd', 'e']);
          for (const [key, value] of found) expect(value).toBe(state.get(key));
          const seen = read.flatMap((key) => {
            const value = state.get(key);
            return value ? [[key, value] as const] : [];
          });
          const written = new Map(
            writes.map(([key, text]) => [key, text === null ? null : new StoredValue(text)]),
          );
          for (const [key, value] of written)
            if (value) state.set(key, value);
            else state.delete(key);
          memory.keep(new Map(seen), written);
        }
      }),
    );
  });

  it('does not grow with the ledger, and holds on to what every batch asks for', () => {
    const memory = new StateMemory(LIMIT);
    const party = new StoredValue('"a party of every batch"');
    const names: string[] = [];
    for (let i = 0; i < 500; i++) {
      const name = `batch ${i}`;
      names.push(name);
      expect(memory.recall(['party']).get('party')).toBe(i === 0 ? undefined : party);
      memory.keep(new Map([['party', party]]), new Map([[name, new StoredValue(`${i}`)]]));
    }
    const kept = [...memory.recall(names).keys()];
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan((2 * LIMIT) / 'batch 0'.length);
    expect(kept).toEqual(names.slice(-kept.length));
  });
});
