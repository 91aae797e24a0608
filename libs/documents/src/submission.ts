import { refuse } from '#lib/problem';
import { openDisclosures } from './blinding.js';
import { canonicalize, requireCanonical } from './canonical.js';
import type { Sha256 } from './crypto.js';
import type { Disclosure, Statement, StatementType } from './generated/types.js';
import { toHex } from './hex.js';
import { parseJsonText, type Json } from './json.js';
import { checkDocument, checkStatement, statementTypeOf } from './schema-check.js';
import type { Opened } from './statement.js';

/** The largest body that carries an event: 64 KiB, disclosures included. */
export const MAX_EVENT_BYTES = 64 * 1024;

/** The largest body that carries a ruleset, a certificate or an import: 2 MiB. */
export const MAX_DOCUMENT_BYTES = 2 * 1024 * 1024;

const LARGE_TYPES: ReadonlySet<StatementType> = new Set([
  'Certificate',
  'Import',
  'RulesetPublication',
]);

const encoder = new TextEncoder();

/** A statement as it was read, never transformed. */
export interface ParsedStatement {
  statement: Statement;
  /** Its exact RFC 8785 bytes. */
  bytes: Uint8Array;
  /** SHA-256 of the bytes, hex. */
  digest: string;
}

/** What `POST /statements` received: the statement, and what opens its blinded values. */
export interface Submission extends ParsedStatement {
  disclosures: Disclosure[];
  opened: Opened<Statement>;
}

/** How many bytes a submission or statement of that type may have. */
export function sizeLimit(type: StatementType): number {
  return LARGE_TYPES.has(type) ? MAX_DOCUMENT_BYTES : MAX_EVENT_BYTES;
}

/**
 * Reads the body `{"disclosures":[…],"statement":{…}}`. Throws `too-large`, `malformed-json`,
 * `not-canonical`, `schema-violation`, `disclosure-mismatch` or `disclosure-missing`, in that order
 * of looking; pointers are into the statement, or begin with /disclosures.
 */
export function parseSubmission(sha256: Sha256, body: Uint8Array): Submission {
  const value = parseCanonical(body);
  const { disclosures, statement } = checkDocument('Submission', value);
  requireSize(body, statementTypeOf(statement));
  const checked = checkStatement(statement);
  // The body is canonical, so the statement's bytes stand in it as they are, at a known place.
  const before = encoder.encode(`{"disclosures":${canonicalize(disclosures)},"statement":`).length;
  const bytes = body.slice(before, -1);
  const opened = openDisclosures(sha256, checked, disclosures);
  if (disclosures.length > 0) checkStatement(opened);
  return { statement: checked, bytes, digest: toHex(sha256(bytes)), disclosures, opened };
}

/**
 * Reads one statement from its exact bytes, as the ledger keeps it and a bundle carries it. Throws
 * as `parseSubmission` does; blinded values stay blinded.
 */
export function parseStatement(sha256: Sha256, bytes: Uint8Array): ParsedStatement {
  const value = parseCanonical(bytes);
  requireSize(bytes, statementTypeOf(value));
  return { statement: checkStatement(value), bytes, digest: toHex(sha256(bytes)) };
}

function parseCanonical(bytes: Uint8Array): Json {
  requireBytes(bytes, MAX_DOCUMENT_BYTES, 'Any statement');
  const { value, canonical } = parseJsonText(bytes);
  if (!canonical) requireCanonical(bytes, value);
  return value;
}

function requireSize(bytes: Uint8Array, type: StatementType): void {
  requireBytes(bytes, sizeLimit(type), type);
}

function requireBytes(bytes: Uint8Array, limit: number, what: string): void {
  if (bytes.length <= limit) return;
  throw refuse(
    'too-large',
    `${what} may have ${limit} bytes with its disclosures; this body has ${bytes.length}.`,
    undefined,
    { extensions: { limit, size: bytes.length } },
  );
}
