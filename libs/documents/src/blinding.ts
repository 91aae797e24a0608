import { refuse } from '#lib/problem';
import { canonicalBytes, escapePointer } from './canonical.js';
import type { Sha256 } from './crypto.js';
import type { Blinded, Disclosure } from './generated/types.js';
import { toHex } from './hex.js';
import type { Json } from './json.js';
import type { Opened } from './statement.js';

const DIGEST = /^[0-9a-f]{64}$/;

/** Disclosures under the digests that they open: values, and where each stood in its list. */
export type DisclosureIndex = ReadonlyMap<string, { value: Json; position: number }>;

/** What stands for a value in a blinded statement: SHA-256 over RFC 8785 of `[salt, value]`, hex. */
export function blindedDigest(sha256: Sha256, salt: string, value: unknown): string {
  return toHex(sha256(canonicalBytes([salt, value])));
}

/** Whether a value is `{"blinded": "<64 hex>"}` and nothing else. */
export function isBlinded(value: unknown): value is Blinded {
  if (typeof value !== 'object' || value === null) return false;
  const { blinded } = value as Partial<Blinded>;
  return typeof blinded === 'string' && DIGEST.test(blinded) && Object.keys(value).length === 1;
}

/**
 * Hashes each disclosure once. Refuses one sent twice (`disclosure-mismatch`) and a value that is
 * itself blinded in part (`schema-violation`): what is disclosed is disclosed whole.
 */
export function indexDisclosures(
  sha256: Sha256,
  disclosures: readonly Disclosure[],
): DisclosureIndex {
  const index = new Map<string, { value: Json; position: number }>();
  disclosures.forEach(({ salt, value }, position) => {
    if (findBlinded(value) !== undefined)
      throw refuse(
        'schema-violation',
        'A disclosed value holds a blinded value; blind a field once, whole.',
        `/disclosures/${position}/value`,
      );
    const digest = blindedDigest(sha256, salt, value);
    if (index.has(digest))
      throw refuse(
        'disclosure-mismatch',
        'The same disclosure is sent twice.',
        `/disclosures/${position}`,
      );
    index.set(digest, { value, position });
  });
  return index;
}

/**
 * The statement with every blinded value replaced by what opens it. Refuses a disclosure that opens
 * nothing (`disclosure-mismatch`) and a blinded value that stays shut (`disclosure-missing`, with
 * its pointer); `partial` leaves the latter in place, for readers entitled to less.
 */
export function openDisclosures<S>(
  sha256: Sha256,
  statement: S,
  disclosures: readonly Disclosure[],
  { partial = false }: { partial?: boolean } = {},
): Opened<S> {
  const index = indexDisclosures(sha256, disclosures);
  const used = new Set<string>();
  const opened = openWith(statement, index, used);
  for (const [digest, { position }] of index)
    if (!used.has(digest))
      throw refuse(
        'disclosure-mismatch',
        `Disclosure ${position} opens no blinded value of this statement; its digest is ${digest}.`,
        `/disclosures/${position}`,
      );
  const shut = partial ? undefined : findBlinded(opened);
  if (shut !== undefined)
    throw refuse('disclosure-missing', `Nothing opens the blinded value at ${shut}.`, shut);
  return opened as Opened<S>;
}

/**
 * Opens what the index can and leaves the rest blinded: for a bundle, whose one list of disclosures
 * serves many statements. Digests that opened something are added to `used`. The statement itself
 * is never changed; one without blinded values is returned as it is.
 */
export function openWith<S>(
  statement: S,
  index: DisclosureIndex,
  used = new Set<string>(),
): unknown {
  const open = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (isBlinded(value)) {
      const found = index.get(value.blinded);
      if (found === undefined) return value;
      used.add(value.blinded);
      return found.value;
    }
    return Array.isArray(value) ? value.map(open) : mapMembers(value, open);
  };
  return findBlinded(statement) === undefined ? statement : open(statement);
}

/** The JSON Pointer of the first value that is blinded, or undefined when all is open. */
export function findBlinded(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (isBlinded(value)) return '';
  for (const name of Object.keys(value)) {
    const found = findBlinded((value as Record<string, unknown>)[name]);
    if (found !== undefined) return `/${escapePointer(name)}${found}`;
  }
  return undefined;
}

function mapMembers(value: object, change: (member: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, change(member)]));
}
