import { Problem } from '#lib/problem';

/** What was to be verified: its value, or the Problem that says why it does not hold. */
export type Verified<T> = { value: T; problem?: undefined } | { problem: Problem };

/** Verifies each item, all at once, and keeps every verdict. */
export async function eachVerified<K, V>(
  items: readonly K[],
  verify: (item: K) => Promise<V>,
): Promise<Map<K, Verified<V>>> {
  const verified = await Promise.all(items.map((item) => settled(() => verify(item))));
  return new Map(items.map((item, i) => [item, verified[i]!]));
}

/** The verdict of a verification that throws a Problem; a fault is thrown on. */
export async function settled<T>(verify: () => Promise<T>): Promise<Verified<T>> {
  try {
    return { value: await verify() };
  } catch (error) {
    return { problem: asProblem(error) };
  }
}

/** As `settled`, for what is verified at once. */
export function settle<T>(verify: () => T): Verified<T> {
  try {
    return { value: verify() };
  } catch (error) {
    return { problem: asProblem(error) };
  }
}

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}
