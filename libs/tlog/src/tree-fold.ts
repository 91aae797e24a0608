import type { Sha256 } from '#lib/documents';
import { nodeHash } from './tree-hash.js';

/** The hash above 2^k hashes of equal level: neighbours are paired until one is left. */
export function foldPairs(sha256: Sha256, hashes: readonly Uint8Array[]): Uint8Array {
  let level = hashes;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      above.push(nodeHash(sha256, level[i]!, level[i + 1]!));
    }
    level = above;
  }
  return level[0]!;
}

/**
 * The hash above complete subtrees of falling size, at least one: MTH hangs what remains on the
 * right, so the fold runs from right to left (RFC 6962 §2.1).
 */
export function foldSubtrees(sha256: Sha256, subtrees: readonly Uint8Array[]): Uint8Array {
  return subtrees
    .slice(0, -1)
    .reduceRight((right, left) => nodeHash(sha256, left, right), subtrees.at(-1)!);
}
