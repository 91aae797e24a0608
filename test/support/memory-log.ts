import {
  registryDidDocument,
  signDocument,
  statusEntry,
  statusListCredential,
  type RegistryKey,
  type StatusPurpose,
} from '#lib/credentials';
import {
  canonicalBytes,
  openDisclosures,
  parseStatement,
  statementIdentity,
  toHex,
  type BundleRegistry,
  type Decider,
  type Disclosure,
  type Json,
  type Statement,
  type TrustedRegistry,
} from '#lib/documents';
import { generateKey, signerOf, type KeySigner } from '#lib/keys';
import { MATERIAL_DECIDERS, type Recorded } from '#lib/materials';
import { RULE_DECIDERS } from '#lib/rules';
import {
  appendLeafHashes,
  buildInclusionProof,
  EMPTY_FRONTIER,
  formatEntry,
  formatNote,
  formatTile,
  formatTlogProof,
  formatVerifierKey,
  frontierRoot,
  leafHash,
  NO_PREVIOUS,
  parseNote,
  signCheckpoint,
  signCosignature,
  type NoteSigner,
} from '#lib/tlog';
import type { RecordParts } from '#lib/verification';
import { blindSubject } from './blind-subject.js';
import { aKey, aLogSigner, sha256, signerMembers } from './memory-keys.js';

export const DECIDERS = { ...MATERIAL_DECIDERS, ...RULE_DECIDERS };

const CONTEXT = ['https://www.w3.org/ns/credentials/v2', 'https://lodestone.example/contexts/v1'];

const WEEK = 7 * 86_400_000;

/** How a statement is signed and recorded, when it is not by its issuer alone. */
export interface SayOptions {
  with?: readonly KeySigner[];
  /** Signs in place of the issuer's own key. */
  as?: KeySigner;
  /** JSON Pointers within the subject of the values to blind. */
  blind?: readonly string[];
  /** What opens values that were blinded elsewhere, as in a certificate that an import embeds. */
  disclosures?: readonly Disclosure[];
  /** More members of the credential: id, validUntil, credentialStatus. */
  members?: Record<string, unknown>;
  /** A registry that does not keep its own rules. */
  lawless?: boolean;
}

/** One entry as the log keeps it. */
export interface LogRecord extends Recorded {
  statement: Uint8Array;
  entry: Uint8Array;
}

/** A registry with its log in memory: real bytes, keys, proofs and rules; no server, no database. */
export class MemoryLog {
  readonly registry: string;
  readonly origin: string;
  /** With which the registry signs now; `rotate` changes it. */
  key: KeySigner;
  /** Every key that it ever signed with. */
  readonly keys: RegistryKey[];
  readonly logSigner: NoteSigner;
  readonly state = new Map<string, Json>();
  readonly records: LogRecord[] = [];
  readonly disclosures: Disclosure[] = [];
  readonly raised: Record<StatusPurpose, Set<number>> = {
    revocation: new Set(),
    suspension: new Set(),
  };
  readonly authority = aKey();
  private frontier = EMPTY_FRONTIER;
  private salts = 0;

  constructor(
    readonly jurisdiction: string,
    readonly domain: string,
    /** RFC 3339 UTC: the time at which the next statement is recorded. */
    public now: string,
    public witnesses: readonly NoteSigner[] = [],
  ) {
    this.registry = `did:web:${domain}`;
    this.origin = `${domain}/log`;
    this.key = signerOf(generateKey(), this.registry);
    this.keys = [{ publicKeyMultibase: this.key.publicKeyMultibase }];
    this.logSigner = aLogSigner(this.origin);
  }

  get logKey(): string {
    return formatVerifierKey(this.logSigner.key);
  }

  get trusted(): TrustedRegistry {
    const { registry, jurisdiction, origin, logKey } = this;
    return { registry, jurisdiction, origin, logKey };
  }

  genesis(): Promise<LogRecord> {
    const { registry: id, jurisdiction, origin, logKey } = this;
    return this.say(this.key, 'RegistryGenesis', {
      id,
      name: `Registry of ${jurisdiction}`,
      jurisdiction,
      origin,
      logKey,
      keys: [this.key.publicKeyMultibase],
      authority: this.authority.did,
      yieldBands: [],
    });
  }

  /** Registers a party under a fresh key. */
  async party(name: string, roles: string[], country = this.jurisdiction): Promise<KeySigner> {
    const key = aKey();
    const keys = [key.publicKeyMultibase];
    const subject = { id: key.did, name, country, roles, keys };
    await this.say(this.authority, 'PartyRegistration', subject, { with: [key] });
    return key;
  }

  /** The registry takes a new key and retires the one it has, as of now. */
  async rotate(): Promise<void> {
    const [old, next] = [this.key, signerOf(generateKey(), this.registry)];
    const at = this.now;
    await this.say(
      old,
      'KeyRotation',
      {
        id: this.registry,
        add: [next.publicKeyMultibase],
        retire: [{ publicKeyMultibase: old.publicKeyMultibase, at }],
      },
      { with: [next] },
    );
    this.keys.at(-1)!.expires = at;
    this.keys.push({ publicKeyMultibase: next.publicKeyMultibase });
    this.key = next;
  }

  /** Signs and records a statement; throws the Problem with which the rules refuse it. */
  async say(
    issuer: KeySigner,
    type: string,
    subject: Record<string, unknown>,
    options: SayOptions = {},
  ): Promise<LogRecord> {
    const { with: others = [], as = issuer, blind = [], members = {}, lawless } = options;
    const { credentialSubject, disclosures } = blindSubject(subject, blind, () => this.nextSalt());
    const unsigned = {
      '@context': CONTEXT,
      type: ['VerifiableCredential', type],
      issuer: issuer.did,
      validFrom: this.now,
      credentialSubject,
      ...members,
    };
    let signed: object = unsigned;
    for (const signer of [as, ...others])
      signed = await signDocument(sha256, signed, signer, { created: this.now });
    const known = [...disclosures, ...(options.disclosures ?? [])];
    return this.append(canonicalBytes(signed), [as, ...others], known, lawless);
  }

  /** Decides, applies and records exact bytes, as the registry's sequencer does. */
  append(
    bytes: Uint8Array,
    signers: readonly KeySigner[],
    disclosures: readonly Disclosure[],
    lawless = false,
  ): LogRecord {
    const { statement, digest } = parseStatement(sha256, bytes);
    const opened = openDisclosures(sha256, statement, disclosures, { partial: true });
    const keys = signers.map(({ publicKeyMultibase }) => publicKeyMultibase);
    const identity = statementIdentity(sha256, statement, keys);
    const signed = { statement: opened, type: statement.type[1], digest, identity, signers: [] };
    const at = { origin: this.origin, index: this.records.length, recordedAt: this.now };
    const recorded = { signed: { ...signed, signers: signers.map(signerMembers) }, at };
    const decider = DECIDERS[statement.type[1]] as Decider<Statement>;
    if (!lawless) decider.decide(this.state, recorded.signed, at);
    for (const [key, value] of decider.apply(this.state, recorded.signed, at))
      if (value === null) this.state.delete(key);
      else this.state.set(key, value);
    this.disclosures.push(...disclosures);
    return this.sequence({ ...recorded, statement: bytes });
  }

  /** Moves the clock by days. */
  later(days: number): void {
    this.now = new Date(Date.parse(this.now) + days * 86_400_000).toISOString();
  }

  /** The records, each with its proof in the tree as it is now. */
  parts(records: readonly Recorded[] = this.records): RecordParts[] {
    const checkpoint = this.checkpoint();
    return records.map(({ at: { index } }) => {
      const { statement, entry } = this.records[index]!;
      return { statement, entry, proof: this.proof(index, checkpoint) };
    });
  }

  proof(index: number, checkpoint = this.checkpoint()): string {
    const treeSize = this.records.length;
    if (treeSize >= 256) throw new Error('A memory log has one tile');
    const tile = formatTile(this.records.map(({ entry }) => leafHash(sha256, entry)));
    const hashes = buildInclusionProof(sha256, index, treeSize, () => tile);
    return formatTlogProof({ index, hashes, checkpoint });
  }

  /** The head as it is now, cosigned; another root is what a forked log would sign. */
  checkpoint(rootHash = frontierRoot(sha256, this.frontier)): string {
    const treeSize = this.records.length;
    const note = parseNote(
      signCheckpoint({ origin: this.origin, treeSize, rootHash }, this.logSigner),
    );
    const seconds = Math.floor(Date.parse(this.now) / 1000);
    const cosigned = this.witnesses.map((witness) => signCosignature(note.text, witness, seconds));
    return formatNote({ ...note, signatures: [...note.signatures, ...cosigned] });
  }

  asOf() {
    const rootHash = toHex(frontierRoot(sha256, this.frontier));
    return { origin: this.origin, treeSize: this.records.length, rootHash };
  }

  statusUrl(purpose: StatusPurpose): string {
    return `https://${this.domain}/status/${purpose}`;
  }

  statusEntries(index: number) {
    return (['revocation', 'suspension'] as const).map((purpose) =>
      statusEntry(this.statusUrl(purpose), purpose, index),
    );
  }

  /** What a bundle says of this registry: its DID document and its signed status lists. */
  async block(): Promise<BundleRegistry> {
    const { registry, jurisdiction, origin, logKey } = this;
    const didDocument = asJson(registryDidDocument(registry, this.keys));
    const statusLists = await Promise.all(
      (['revocation', 'suspension'] as const).map((purpose) => this.statusList(purpose)),
    );
    return { registry, jurisdiction, origin, logKey, didDocument, statusLists };
  }

  private async statusList(purpose: StatusPurpose): Promise<{ [name: string]: Json }> {
    const unsigned = statusListCredential({
      url: this.statusUrl(purpose),
      issuer: this.registry,
      purpose,
      validFrom: this.now,
      validUntil: new Date(Date.parse(this.now) + WEEK).toISOString(),
      raised: this.raised[purpose],
    });
    return asJson(await signDocument(sha256, unsigned, this.key, { created: this.now }));
  }

  private sequence(record: Omit<LogRecord, 'entry'>): LogRecord {
    const { index, origin, recordedAt } = record.at;
    const before = this.records[index - 1];
    const previous = before ? toHex(leafHash(sha256, before.entry)) : NO_PREVIOUS;
    const { digest } = record.signed;
    const entry = formatEntry({ digest, index, origin, previous, recordedAt });
    const leaf = leafHash(sha256, entry);
    this.frontier = appendLeafHashes(sha256, this.frontier, [leaf]).frontier;
    const kept = { ...record, entry };
    this.records.push(kept);
    this.later(1 / 24 / 60);
    return kept;
  }

  /** Salts count up, so that runs are alike. */
  private nextSalt(): string {
    return String(++this.salts).padStart(21, this.jurisdiction) + 'A';
  }
}

function asJson(value: object): { [name: string]: Json } {
  return structuredClone(value) as { [name: string]: Json };
}
