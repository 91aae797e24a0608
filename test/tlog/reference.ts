import { createHash } from 'node:crypto';

/** SHA-256 by node:crypto. */
export const sha256 = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update(bytes).digest());

const hash = (...parts: Uint8Array[]): Uint8Array => sha256(Buffer.concat(parts));
const leaf = (d: Uint8Array): Uint8Array => hash(Uint8Array.of(0), d);
const node = (l: Uint8Array, r: Uint8Array): Uint8Array => hash(Uint8Array.of(1), l, r);

/** The largest power of two smaller than n. */
function split(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/**
 * The definitions of RFC 6962 §2.1 written down as they stand, recursion and all: too slow for a
 * log, and right by inspection. Subtree hashes are remembered so that thousands of leaves can be judged.
 */
export class ReferenceTree {
  private readonly known = new Map<string, Uint8Array>();

  constructor(readonly leaves: readonly Uint8Array[]) {}

  /** MTH(D[start:end]) */
  mth(start = 0, end = this.leaves.length): Uint8Array {
    const name = `${start}:${end}`;
    let found = this.known.get(name);
    if (found === undefined) {
      found = this.compute(start, end);
      this.known.set(name, found);
    }
    return found;
  }

  /** PATH(m, D[start:end]), RFC 6962 §2.1.1 */
  path(m: number, start = 0, end = this.leaves.length): Uint8Array[] {
    const n = end - start;
    if (n === 1) return [];
    const k = split(n);
    return m < k
      ? [...this.path(m, start, start + k), this.mth(start + k, end)]
      : [...this.path(m - k, start + k, end), this.mth(start, start + k)];
  }

  /** PROOF(m, D[0:n]) = SUBPROOF(m, D[0:n], true), RFC 6962 §2.1.2 */
  proof(m: number, n = this.leaves.length): Uint8Array[] {
    return this.subproof(m, 0, n, true);
  }

  private subproof(m: number, start: number, end: number, b: boolean): Uint8Array[] {
    const n = end - start;
    if (m === n) return b ? [] : [this.mth(start, end)];
    const k = split(n);
    return m <= k
      ? [...this.subproof(m, start, start + k, b), this.mth(start + k, end)]
      : [...this.subproof(m - k, start + k, end, false), this.mth(start, start + k)];
  }

  private compute(start: number, end: number): Uint8Array {
    const n = end - start;
    if (n === 0) return hash();
    if (n === 1) return leaf(this.leaves[start]!);
    const k = split(n);
    return node(this.mth(start, start + k), this.mth(start + k, end));
  }
}

/** The text "entry 0", "entry 1" … as leaves: those of the Go vectors. */
export const textLeaves = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => new TextEncoder().encode(`entry ${i}`));
