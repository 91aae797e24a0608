import { toHex, type Sha256 } from '#lib/documents';
import { Problem, refuse } from '#lib/problem';
import { decodeText, encodeText, parseDecimal, sourceBytes, type TextSource } from './note-text.js';
import type { PolicyGroup, PolicyLog, PolicyWitness, TlogPolicy } from './tlog-policy.js';
import {
  formatVerifierKey,
  parseVerifierKey,
  SIGNATURE_TYPES,
  type SignatureType,
  type VerifierKey,
} from './verifier-key.js';

const MAX_SIZE = 256 * 1024;
const NO_QUORUM = 'none';
const LOG_TYPES: readonly SignatureType[] = [SIGNATURE_TYPES.ed25519, SIGNATURE_TYPES.mlDsa44];
const WITNESS_TYPES: readonly SignatureType[] = [
  SIGNATURE_TYPES.cosignatureV1,
  SIGNATURE_TYPES.mlDsa44,
];

/**
 * Reads a policy file by the rules of C2SP tlog-policy; throws `malformed-policy` with the line. An
 * ML-DSA-44 witness may be named, but never counts: its cosignatures cannot be verified here yet.
 */
export function parseTlogPolicy(sha256: Sha256, source: TextSource): TlogPolicy {
  const bytes = sourceBytes(source);
  if (bytes.length > MAX_SIZE) throw refuse('malformed-policy', `It is over ${MAX_SIZE} bytes.`);
  const reader = new PolicyReader(sha256);
  octetLines(bytes).forEach((line, i) => {
    try {
      reader.readLine(line);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw refuse('malformed-policy', `Line ${i + 1}: ${error.details.detail}`);
    }
  });
  return reader.policy();
}

/** The bytes of a policy file; comments and spacing of the original are not kept. */
export function formatTlogPolicy(policy: TlogPolicy): Uint8Array {
  const lines = [
    ...policy.logs.map(({ key, url }) => ['log', formatKey(key), url]),
    ...policy.witnesses.map(({ name, key, url }) => ['witness', name, formatKey(key), url]),
    ...policy.groups.map(({ name, threshold, members }) => ['group', name, threshold, ...members]),
    ['quorum', policy.quorum ?? NO_QUORUM],
  ];
  const octets = lines.map((line) => `${line.filter((item) => item !== undefined).join(' ')}\n`);
  return fromOctets(octets.join(''));
}

/** The policy as read so far; every rule that looks back at earlier lines lives here. */
class PolicyReader {
  private readonly logs: PolicyLog[] = [];
  private readonly witnesses: PolicyWitness[] = [];
  private readonly groups: PolicyGroup[] = [];
  private readonly names = new Set<string>();
  private readonly members = new Set<string>();
  private quorum: string | undefined;

  constructor(private readonly sha256: Sha256) {}

  readLine(line: string): void {
    const [keyword, ...items] = line.split(/[ \t]+/).filter((item) => item !== '');
    if (keyword === undefined || keyword.startsWith('#')) return;
    if (keyword === 'log') this.readLog(items);
    else if (keyword === 'witness') this.readWitness(items);
    else if (keyword === 'group') this.readGroup(items);
    else if (keyword === 'quorum') this.readQuorum(items);
    else throw wrong(`"${keyword.slice(0, 50)}" is none of log, witness, group, quorum.`);
  }

  policy(): TlogPolicy {
    if (this.quorum === undefined) throw wrong('A policy has exactly one quorum line.');
    const quorum = this.quorum === NO_QUORUM ? undefined : this.quorum;
    return { logs: this.logs, witnesses: this.witnesses, groups: this.groups, quorum };
  }

  /** `log <vkey> [<url>]` */
  private readLog([vkey, url, ...surplus]: string[]): void {
    if (vkey === undefined || surplus.length > 0) throw wrong('It is not log <vkey> [<url>].');
    const key = this.parseKey(vkey, LOG_TYPES);
    requireNewKey(this.logs, key);
    this.logs.push({ key, ...(url === undefined ? {} : { url }) });
  }

  /** `witness <name> <vkey> [<url>]` */
  private readWitness([name, vkey, url, ...surplus]: string[]): void {
    if (name === undefined || vkey === undefined || surplus.length > 0) {
      throw wrong('It is not witness <name> <vkey> [<url>].');
    }
    const key = this.parseKey(vkey, WITNESS_TYPES);
    // One key under two names would count twice towards a quorum.
    requireNewKey(this.witnesses, key);
    this.define(name);
    this.witnesses.push({ name, key, ...(url === undefined ? {} : { url }) });
  }

  /** `group <name> all|any|<k> <name>...` */
  private readGroup([name, rule, ...members]: string[]): void {
    if (name === undefined || rule === undefined || members.length === 0) {
      throw wrong('It is not group <name> all|any|<k> <name>...');
    }
    const threshold =
      rule === 'all' ? members.length : rule === 'any' ? 1 : (parseDecimal(rule) ?? 0);
    if (threshold < 1 || threshold > members.length) {
      throw wrong(`"${rule}" is none of all, any, 1 to ${members.length}.`);
    }
    for (const member of members) {
      if (!this.names.has(member)) throw wrong(`"${member}" is not defined on a line before.`);
      // "This ensures that each witness can contribute … in only one way."
      if (this.members.has(member)) throw wrong(`"${member}" is a member already.`);
      this.members.add(member);
    }
    this.define(name);
    this.groups.push({ name, threshold, members });
  }

  /** `quorum <name>|none` */
  private readQuorum([name, ...surplus]: string[]): void {
    if (name === undefined || surplus.length > 0) throw wrong('It is not quorum <name>.');
    if (this.quorum !== undefined) throw wrong('A policy has exactly one quorum line.');
    if (name !== NO_QUORUM && !this.names.has(name)) {
      throw wrong(`"${name}" is not defined on a line before.`);
    }
    this.quorum = name;
  }

  private define(name: string): void {
    if (name === NO_QUORUM) throw wrong(`"${NO_QUORUM}" is predefined.`);
    if (this.names.has(name)) throw wrong(`"${name}" is defined already.`);
    this.names.add(name);
  }

  private parseKey(octets: string, types: readonly SignatureType[]): VerifierKey {
    // The policy is octets; the vkey inside it is a signed-note key, whose name is UTF-8.
    const vkey = decodeText(fromOctets(octets));
    if (vkey === undefined) throw wrong('The verifier key is not UTF-8.');
    const key = parseVerifierKey(this.sha256, vkey);
    if (!types.includes(key.type)) {
      throw wrong(`A key of signature type ${key.type} cannot stand there.`);
    }
    return key;
  }
}

/** "Two vkeys are considered duplicate if they wrap the same underlying public key." */
function requireNewKey(known: readonly { key: VerifierKey }[], { publicKey }: VerifierKey): void {
  if (known.some(({ key }) => toHex(key.publicKey) === toHex(publicKey))) {
    throw wrong('The same public key stands on a line before.');
  }
}

/** Lines of octets, one character each; 0x09, 0x0A, 0x20-0x7E and 0x80-0xFF are allowed. */
function octetLines(bytes: Uint8Array): string[] {
  const lines: string[] = [''];
  for (const octet of bytes) {
    if (octet === 0x0a) {
      lines.push('');
    } else if (octet === 0x09 || (octet >= 0x20 && octet !== 0x7f)) {
      lines[lines.length - 1] += String.fromCharCode(octet);
    } else {
      throw refuse('malformed-policy', `Line ${lines.length}: it holds control octet ${octet}.`);
    }
  }
  return lines;
}

const fromOctets = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));

const formatKey = (key: VerifierKey): string =>
  String.fromCharCode(...encodeText(formatVerifierKey(key)));

const wrong = (why: string): Problem => refuse('malformed-policy', why);
