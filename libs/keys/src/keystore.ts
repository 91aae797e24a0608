import { generateKey, signerOf, type KeyPair, type KeySigner } from './key-pair.js';
import { DEFAULT_COST, openSealed, seal } from './keystore-seal.js';
import {
  createPrivateFile,
  KeyStorageError,
  readPrivateFile,
  replacePrivateFile,
} from './private-file.js';

/** How hard a guess at the passphrase is made. */
export interface KeystoreOptions {
  /** scrypt's N: a power of two from 2^14 to 2^20; default 2^17 (128 MiB a guess). */
  cost?: number;
}

/**
 * A registry's keys, several by name in one encrypted file: one signs statements, one the log's
 * checkpoints, one cosigns for other logs. They are always different keys, because a cosignature
 * does not bind its role and could otherwise be passed off as another. Nobody else writes the file.
 */
export class Keystore {
  private constructor(
    private readonly file: string,
    private readonly keys: Map<string, KeyPair>,
    private readonly cost: number,
  ) {}

  /**
   * Makes a keystore with a fresh key for each name. Throws KeyStorageError `exists`; a RangeError
   * when the passphrase has under 8 characters.
   */
  static async create(
    file: string,
    passphrase: string,
    names: readonly string[],
    options: KeystoreOptions = {},
  ): Promise<Keystore> {
    const keys = new Map(names.map((name) => [requireName(name), generateKey()]));
    const keystore = new Keystore(file, keys, options.cost ?? DEFAULT_COST);
    createPrivateFile(file, await keystore.sealed(passphrase));
    return keystore;
  }

  /**
   * Opens a keystore. Throws KeyStorageError: `missing`, `malformed`, `wrong-passphrase`, `tampered`
   * when the passphrase is right and the content is not as it was sealed, or `reused-key`.
   */
  static async open(file: string, passphrase: string): Promise<Keystore> {
    const { plaintext, cost } = await openSealed(readPrivateFile(file), passphrase, file);
    const keys = new Map(Object.entries(JSON.parse(plaintext) as Record<string, KeyPair>));
    const distinct = new Set(
      [...keys.values()].map(({ secretKeyMultibase }) => secretKeyMultibase),
    );
    if (distinct.size < keys.size)
      throw new KeyStorageError('reused-key', `${file} holds one key under two names.`);
    return new Keystore(file, keys, cost);
  }

  /** The names of the keys, in the order in which they were made. */
  names(): string[] {
    return [...this.keys.keys()];
  }

  /** The signer of a named key, as its own did:key or as `did`; KeyStorageError `unknown-key`. */
  signer(name: string, did?: string): KeySigner {
    const key = this.keys.get(name);
    if (!key) throw new KeyStorageError('unknown-key', `${this.file} holds no key “${name}”.`);
    return signerOf(key, did);
  }

  /**
   * Adds a fresh key under a new name, for rotation, and returns once it is durable: a key is never
   * used before it can be found again. Throws KeyStorageError `exists` or `wrong-passphrase`.
   */
  async generate(name: string, passphrase: string): Promise<KeySigner> {
    if (this.keys.has(requireName(name)))
      throw new KeyStorageError('exists', `${this.file} already holds a key “${name}”.`);
    // A mistyped passphrase here would lock every key away: it must open the file as it is.
    await openSealed(readPrivateFile(this.file), passphrase, this.file);
    this.keys.set(name, generateKey());
    try {
      replacePrivateFile(this.file, await this.sealed(passphrase));
    } catch (error) {
      this.keys.delete(name);
      throw error;
    }
    return this.signer(name);
  }

  private sealed(passphrase: string): Promise<string> {
    return seal(JSON.stringify(Object.fromEntries(this.keys)), passphrase, this.cost);
  }
}

function requireName(name: string): string {
  // Object.fromEntries would reorder numbers and lose __proto__; plain words need no care.
  if (/^[a-z][a-z0-9-]{0,63}$/.test(name)) return name;
  throw new RangeError(`“${name}” does not name a key: use small letters, digits and dashes`);
}
