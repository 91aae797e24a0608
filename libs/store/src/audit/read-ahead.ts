/**
 * Gives what `work` makes of each piece, in order, and has so many of the next pieces under way
 * meanwhile: reading waits for the database, and work for other threads. A failure is thrown where
 * its piece would have come.
 */
export async function* readAhead<T, U>(
  source: AsyncGenerator<T>,
  depth: number,
  work: (piece: T) => Promise<U>,
): AsyncGenerator<U> {
  const underWay: Promise<U | undefined>[] = [];
  // A generator answers those who ask it at once one after another.
  const begin = () => {
    const piece = source.next().then(({ done, value }) => (done ? undefined : work(value)));
    // Whoever awaits it hears of the failure; until then it is not an unhandled one.
    piece.catch(() => undefined);
    underWay.push(piece);
  };
  for (let i = 0; i < depth; i++) begin();
  for (;;) {
    begin();
    const piece = await underWay.shift();
    if (piece === undefined) return;
    yield piece;
  }
}
