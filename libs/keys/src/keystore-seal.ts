import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { canonicalBytes } from '#lib/documents';
import { KeyStorageError } from './private-file.js';
import { nodeCrypto } from './node-crypto.js';

/** scrypt's N when the caller names none: 128 MiB of memory and about half a second a guess. */
export const DEFAULT_COST = 2 ** 17;
const COST_MIN = 2 ** 14;
const COST_MAX = 2 ** 20;
const PASSPHRASE_MIN = 8;
const TAG_LENGTH = 16;

/** All of the file but the ciphertext; authenticated with it, so that no parameter can be changed. */
interface Header {
  type: 'LodestoneKeystore';
  version: 1;
  /** scrypt (RFC 7914) with r = 8, p = 1. */
  kdf: { name: 'scrypt'; cost: number; salt: string };
  /** AES-256-GCM (NIST SP 800-38D) with a 96-bit nonce. */
  cipher: { name: 'aes-256-gcm'; nonce: string };
  /** SHA-256 of the second half of what scrypt derives: tells a wrong passphrase from tampering. */
  check: string;
}

interface SealedFile extends Header {
  ciphertext: string;
}

/** Encrypts text under a passphrase, with a fresh salt and nonce each time. */
export async function seal(text: string, passphrase: string, cost: number): Promise<string> {
  if ([...passphrase].length < PASSPHRASE_MIN)
    throw new RangeError(`A passphrase has at least ${PASSPHRASE_MIN} characters`);
  const salt = randomBytes(16).toString('base64');
  const { key, check } = await derive(passphrase, salt, cost);
  const nonce = randomBytes(12);
  const header: Header = {
    type: 'LodestoneKeystore',
    version: 1,
    kdf: { name: 'scrypt', cost, salt },
    cipher: { name: 'aes-256-gcm', nonce: nonce.toString('base64') },
    check,
  };
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(canonicalBytes(header));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  const file: SealedFile = { ...header, ciphertext: sealed.toString('base64') };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Decrypts what `seal` made; `file` is its name in messages. Throws KeyStorageError `malformed`,
 * `wrong-passphrase` or `tampered`.
 */
export async function openSealed(
  sealed: string,
  passphrase: string,
  file: string,
): Promise<{ plaintext: string; cost: number }> {
  const { ciphertext, ...header } = parseSealed(sealed, file);
  const { key, check } = await derive(passphrase, header.kdf.salt, header.kdf.cost);
  if (check !== header.check)
    throw new KeyStorageError('wrong-passphrase', `The passphrase does not open ${file}.`);
  try {
    const bytes = Buffer.from(ciphertext, 'base64');
    const nonce = Buffer.from(header.cipher.nonce, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_LENGTH })
      .setAAD(canonicalBytes(header))
      .setAuthTag(bytes.subarray(-TAG_LENGTH));
    const plaintext = Buffer.concat([
      decipher.update(bytes.subarray(0, -TAG_LENGTH)),
      decipher.final(),
    ]);
    return { plaintext: plaintext.toString('utf8'), cost: header.kdf.cost };
  } catch {
    throw new KeyStorageError(
      'tampered',
      `${file} was changed since it was sealed: restore it from a backup.`,
    );
  }
}

/** Reads the file's shape; its parameters are bounded, or a changed one could exhaust memory. */
function parseSealed(sealed: string, file: string): SealedFile {
  const malformed = new KeyStorageError('malformed', `${file} is not a Lodestone keystore.`);
  let value: Partial<SealedFile> | null;
  try {
    value = JSON.parse(sealed) as Partial<SealedFile> | null;
  } catch {
    throw malformed;
  }
  const { type, version, kdf, cipher, check, ciphertext } = value ?? {};
  const cost = Number(kdf?.cost);
  const isKnown =
    type === 'LodestoneKeystore' &&
    version === 1 &&
    kdf?.name === 'scrypt' &&
    Number.isInteger(Math.log2(cost)) &&
    cost >= COST_MIN &&
    cost <= COST_MAX &&
    cipher?.name === 'aes-256-gcm';
  const texts = [kdf?.salt, cipher?.nonce, check, ciphertext];
  if (!isKnown || !texts.every((text) => typeof text === 'string')) throw malformed;
  return value as SealedFile;
}

/** scrypt gives 64 bytes: the first half encrypts, the second only says that the guess was right. */
async function derive(passphrase: string, salt: string, cost: number) {
  const derived = await new Promise<Buffer>((resolve, reject) => {
    const options = { N: cost, r: 8, p: 1, maxmem: 256 * cost * 8 };
    // NFC: the same passphrase typed on two keyboards may arrive composed or decomposed.
    scrypt(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), 64, options, (error, bytes) =>
      error ? reject(error) : resolve(bytes),
    );
  });
  const check = Buffer.from(nodeCrypto.sha256(derived.subarray(32))).toString('base64');
  return { key: derived.subarray(0, 32), check };
}
