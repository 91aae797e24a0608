import { refuse } from '#lib/problem';

/** The leaves D[start:end] in the notation of RFC 6962 §2.1: `start` is in, `end` is out. */
export interface LeafRange {
  start: number;
  end: number;
}

/** A complete subtree of 2^level leaves, the `index`-th of its level from the left. */
export interface NodeId {
  level: number;
  index: number;
}

/**
 * The subtrees whose hashes prove that leaf `index` is in the tree of `treeSize`, in proof order:
 * the leaf's sibling first, the root's child last (RFC 6962 §2.1.1, RFC 9162 §2.1.3.1).
 * An index outside the tree is refused as `invalid-log-path`.
 */
export function inclusionRanges(index: number, treeSize: number): LeafRange[] {
  requireIndex(index, treeSize);
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = treeSize;
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/**
 * The subtrees whose hashes prove that the tree of `oldSize` is a prefix of the tree of `newSize`,
 * in proof order: SUBPROOF(m, D[n], true) of RFC 6962 §2.1.2. Empty when the sizes are equal.
 * Sizes that are not 0 < oldSize <= newSize are refused as `invalid-log-path`: nothing has to be
 * proved from the empty tree.
 */
export function consistencyRanges(oldSize: number, newSize: number): LeafRange[] {
  requireTreeSize(oldSize);
  requireTreeSize(newSize);
  if (oldSize === 0 || oldSize > newSize) {
    throw refuse('invalid-log-path', `No consistency proof leads from ${oldSize} to ${newSize}.`);
  }
  return subproof(oldSize, { start: 0, end: newSize }, true);
}

/** A tree size is an integer from 0 to 2^53 - 1; anything else is refused as `invalid-log-path`. */
export function requireTreeSize(size: number): void {
  if (!Number.isSafeInteger(size) || size < 0) {
    throw refuse('invalid-log-path', `${size} is not a tree size from 0 to 2^53 - 1.`);
  }
}

/** A leaf index lies in 0 … treeSize - 1; anything else is refused as `invalid-log-path`. */
export function requireIndex(index: number, treeSize: number): void {
  requireTreeSize(treeSize);
  if (!Number.isSafeInteger(index) || index < 0 || index >= treeSize) {
    throw refuse('invalid-log-path', `Index ${index} is not in the tree of size ${treeSize}.`);
  }
}

/**
 * The complete subtrees that make up a range, largest first, which is left to right. The range must
 * begin where a subtree of its largest power of two begins, as every range of RFC 6962 §2.1 does.
 */
export function completeNodes({ start, end }: LeafRange): NodeId[] {
  const nodes: NodeId[] = [];
  let from = start;
  while (from < end) {
    const { level, width } = largestSubtree(end - from);
    nodes.push({ level, index: from / width });
    from += width;
  }
  return nodes;
}

/** k of RFC 6962 §2.1: the largest power of two smaller than n, for n > 1. */
function splitPoint(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The largest complete subtree of at most n leaves, for n > 0; exact, where Math.log2 would round. */
function largestSubtree(n: number): { level: number; width: number } {
  let level = 0;
  let width = 1;
  while (width * 2 <= n) {
    width *= 2;
    level++;
  }
  return { level, width };
}

/** SUBPROOF(m, D[start:end], b) of RFC 6962 §2.1.2, `oldSize` counted from `start`. */
function subproof(oldSize: number, range: LeafRange, isOldRoot: boolean): LeafRange[] {
  const { start, end } = range;
  if (oldSize === end - start) return isOldRoot ? [] : [range];
  const k = splitPoint(end - start);
  const middle = start + k;
  return oldSize <= k
    ? [...subproof(oldSize, { start, end: middle }, isOldRoot), { start: middle, end }]
    : [...subproof(oldSize - k, { start: middle, end }, false), { start, end: middle }];
}
