import type { Json } from '#lib/documents';
import { nodeCrypto, type Keystore, type KeySigner } from '#lib/keys';
import {
  isValidAt,
  keyKey,
  REGISTRY_KEY,
  type KeyState,
  type LogKeyState,
  type RegistryState,
} from '#lib/materials';
import {
  formatNote,
  formatVerifierKey,
  parseNote,
  SIGNATURE_TYPES,
  signNote,
  verifierKey,
  type VerifierKey,
} from '#lib/tlog';
import type { Configuration } from './configuration.js';
import { keystoreFile, openKeystore } from './registry-keys.js';

/** How far a process may lag behind a change of keys that another process recorded. */
export const FOLLOW_MS = 2_000;

/** What a registry's keys are for, and how their names in the keystore begin. */
export type KeyPurpose = 'statement' | 'log';

/** Reads values of the ledger's state. */
export type ReadStates = (keys: readonly string[]) => Promise<Map<string, Json>>;

/** What the ledger says of the registry's keys. */
interface LedgerKeys {
  /** In the order in which they were registered. */
  statement: KeyState[];
  log: LogKeyState[];
}

/** What a keystore holds, the oldest first. */
interface HeldKeys extends Record<KeyPurpose, readonly KeySigner[]> {
  keystore: Keystore;
}

/**
 * The keys with which this registry signs now. The keystore holds them; which of them count is what
 * the registry's own log says, so that every process on one database changes keys together.
 */
export class KeyRing {
  #held: HeldKeys;
  #ledger: LedgerKeys = { statement: [], log: [] };

  private constructor(
    private readonly configuration: Configuration,
    keystore: Keystore,
    private readonly did: string,
    private readonly origin: string,
    private readonly read: ReadStates,
  ) {
    this.#held = heldKeys(keystore, did);
  }

  /** The keys in the registry's keystore, for a registry and the newest of its logs. */
  static async open(
    configuration: Configuration,
    { did, origin }: { did: string; origin: string },
    read: ReadStates,
  ): Promise<KeyRing> {
    const keystore = await openKeystore(configuration);
    const ring = new KeyRing(configuration, keystore, did, origin, read);
    await ring.refresh();
    return ring;
  }

  /** Follows the ledger; the keystore is opened again when the ledger names a key not held yet. */
  async refresh(): Promise<void> {
    const state = (await this.read([REGISTRY_KEY])).get(REGISTRY_KEY);
    if (state === undefined) return;
    const { keys, logKeys, origin, predecessors } = state as unknown as RegistryState;
    const names = keys.map(keyKey);
    const found = await this.read(names);
    const statement = names.map((name) => found.get(name) as unknown as KeyState);
    // After a succession the ledger speaks of another log than the one that this process keeps.
    const past = predecessors.find((each) => each.origin === this.origin);
    this.#ledger = { statement, log: origin === this.origin ? logKeys : (past?.logKeys ?? []) };
    const isHeld =
      statement.every(({ publicKeyMultibase }) => this.#statementSigner(publicKeyMultibase)) &&
      this.#ledger.log.every(({ logKey }) => this.#logSigner(logKey));
    if (!isHeld) this.#held = heldKeys(await openKeystore(this.configuration), this.did);
  }

  /** Signs statements as the registry's did:web: with its newest valid key. */
  get signer(): KeySigner {
    const now = new Date().toISOString();
    const held = this.#ledger.statement
      .filter((key) => isValidAt(key, now))
      .flatMap(({ publicKeyMultibase }) => this.#statementSigner(publicKeyMultibase) ?? []);
    // Before the genesis nothing is registered: then the first key it is.
    const signer = this.#ledger.statement.length === 0 ? this.signers[0] : held.at(-1);
    if (signer) return signer;
    throw new Error(`${keystoreFile(this.configuration)} holds no valid key of ${this.did}`);
  }

  /** Every statement key of the registry that this keystore holds, the oldest first. */
  get signers(): readonly KeySigner[] {
    return this.#held.statement;
  }

  /** The registry's other keys, by name. */
  get keystore(): Keystore {
    return this.#held.keystore;
  }

  /** The verifier keys under which checkpoints of a log of ours verify: those of this keystore. */
  keysOf(origin: string): VerifierKey[] {
    return this.#held.log.map((signer) => verifierKeyOf(origin, signer));
  }

  /** The verifier key of the log that was named last and counts: the one to trust from now on. */
  get newestLogKey(): string {
    return this.#validLogKeys().at(-1)!;
  }

  /** Signs a checkpoint's text with every key of the log that counts now: two, in an overlap. */
  signCheckpoint(text: string): string {
    const signers = this.#validLogKeys().flatMap((logKey) => this.#logSigner(logKey) ?? []);
    if (signers.length === 0)
      throw new Error(`${keystoreFile(this.configuration)} holds no valid key of ${this.origin}`);
    const signatures = signers.flatMap((signer) => {
      const key = verifierKeyOf(this.origin, signer);
      return parseNote(signNote(text, { key, sign: signer.sign })).signatures;
    });
    return formatNote({ text, signatures });
  }

  /**
   * A key that was never announced: one that an earlier attempt left behind, else a fresh one, which
   * is durable before it is used.
   */
  async unannounced(
    purpose: KeyPurpose,
    isAnnounced: (signer: KeySigner) => boolean,
  ): Promise<KeySigner> {
    const { keystore } = this.#held;
    const left = this.#held[purpose].find((signer) => !isAnnounced(signer));
    if (left) return left;
    let number = this.#held[purpose].length + 1;
    while (keystore.names().includes(`${purpose}-${number}`)) number++;
    await keystore.generate(`${purpose}-${number}`, this.configuration.passphrase);
    this.#held = heldKeys(keystore, this.did);
    return this.#held[purpose].at(-1)!;
  }

  #validLogKeys(): string[] {
    const { log } = this.#ledger;
    if (log.length === 0) return [formatVerifierKey(this.keysOf(this.origin)[0]!)];
    const now = Date.now();
    return log
      .filter(({ validUntil }) => validUntil === null || now < Date.parse(validUntil))
      .map(({ logKey }) => logKey);
  }

  #statementSigner(publicKeyMultibase: string): KeySigner | undefined {
    return this.signers.find((signer) => signer.publicKeyMultibase === publicKeyMultibase);
  }

  #logSigner(logKey: string): KeySigner | undefined {
    return this.#held.log.find(
      (signer) => formatVerifierKey(verifierKeyOf(this.origin, signer)) === logKey,
    );
  }
}

/** The verifier key of a log whose checkpoints that key signs (C2SP signed-note). */
export function verifierKeyOf(origin: string, { publicKey }: KeySigner): VerifierKey {
  return verifierKey(nodeCrypto.sha256, origin, SIGNATURE_TYPES.ed25519, publicKey);
}

/** The verifier keys under which a keystore can have signed checkpoints of a log, the oldest first. */
export function logKeysIn(keystore: Keystore, origin: string): VerifierKey[] {
  return keystore
    .names()
    .filter((name) => purposeOf(name) === 'log')
    .map((name) => verifierKeyOf(origin, keystore.signer(name)));
}

/** The keys of a purpose are named after it: `log`, `log-2`, `log-3`. */
function heldKeys(keystore: Keystore, did: string): HeldKeys {
  const named = (purpose: KeyPurpose) =>
    keystore.names().filter((name) => purposeOf(name) === purpose);
  return {
    keystore,
    statement: named('statement').map((name) => keystore.signer(name, did)),
    log: named('log').map((name) => keystore.signer(name)),
  };
}

function purposeOf(name: string): string {
  return name.split('-')[0]!;
}
