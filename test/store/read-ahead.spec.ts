import { setImmediate as turn } from 'node:timers/promises';
import { readAhead } from '../../libs/store/src/audit/read-ahead.js';

async function* numbers(end: number, asked: number[] = []): AsyncGenerator<number> {
  for (let i = 0; i < end; i++) {
    asked.push(i);
    await turn();
    yield i;
  }
}

async function all<T>(source: AsyncGenerator<T>): Promise<T[]> {
  const pieces: T[] = [];
  for await (const piece of source) pieces.push(piece);
  return pieces;
}

describe('reading ahead', () => {
  it.each([0, 1, 2, 3, 10])('gives %i pieces in order, whichever is done first', async (count) => {
    const work = async (piece: number) => {
      for (let turns = count - piece; turns > 0; turns--) await turn();
      return 10 * piece;
    };
    const expected = Array.from({ length: count }, (_, i) => 10 * i);
    expect(await all(readAhead(numbers(count), 2, work))).toEqual(expected);
  });

  it('has as many pieces under way as it was told, and no more', async () => {
    const asked: number[] = [];
    const pages = readAhead(numbers(10, asked), 2, async (piece) => piece);
    expect((await pages.next()).value).toBe(0);
    for (let i = 0; i < 20; i++) await turn();
    expect(asked).toEqual([0, 1, 2]);
    await pages.return(undefined);
  });

  it('throws a failure where its piece would have come, and lets nothing go unheard', async () => {
    const unheard = jest.fn();
    process.on('unhandledRejection', unheard);
    const seen: number[] = [];
    const walk = async () => {
      const work = async (piece: number) => {
        if (piece > 1) throw new Error(`no ${piece}`);
        return piece;
      };
      for await (const piece of readAhead(numbers(10), 3, work)) seen.push(piece);
    };
    await expect(walk()).rejects.toThrow('no 2');
    expect(seen).toEqual([0, 1]);
    for (let i = 0; i < 5; i++) await turn();
    process.off('unhandledRejection', unheard);
    expect(unheard).not.toHaveBeenCalled();
  });
});
