import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { nobleCrypto, parsePublicKey } from '#lib/credentials';
import { generateKey, Keystore, readKeyFile, signerOf, writeKeyFile } from '#lib/keys';

const passphrase = 'correct horse battery';
const cheap = { cost: 2 ** 14 };
let folder: string;
let file: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'keys-'));
  file = path.join(folder, 'party.key');
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const because = (reason: string) => expect.objectContaining({ name: 'KeyStorageError', reason });
const edit = (change: (content: Record<string, unknown>) => object) => {
  const content = JSON.parse(fs.readFileSync(file, 'utf8')) as Record<string, unknown>;
  fs.writeFileSync(file, JSON.stringify(change(content)));
};

describe('a fresh key', () => {
  it('is another one each time, and its signatures verify anywhere', async () => {
    const [one, two] = [generateKey(), generateKey()];
    expect(one.publicKeyMultibase).not.toBe(two.publicKeyMultibase);
    const message = Uint8Array.of(1, 2, 3);
    const { publicKey, sign } = signerOf(one);
    expect(await nobleCrypto.verifyEd25519(publicKey, message, sign(message))).toBe(true);
  });

  it('signs as its own did:key, or as the registry whose key it is', () => {
    const key = generateKey();
    const { publicKeyMultibase } = key;
    expect(signerOf(key).verificationMethod).toBe(
      `did:key:${publicKeyMultibase}#${publicKeyMultibase}`,
    );
    expect(signerOf(key, 'did:web:registry.example')).toMatchObject({
      did: 'did:web:registry.example',
      verificationMethod: `did:web:registry.example#${publicKeyMultibase}`,
      publicKey: parsePublicKey(publicKeyMultibase),
    });
  });

  it('does not sign under the name of another key', () => {
    const { publicKeyMultibase } = generateKey();
    expect(() => signerOf({ ...generateKey(), publicKeyMultibase })).toThrow('is not that of');
  });
});

describe('a party’s key file', () => {
  it('is read back as it was written, and only its owner can read it', () => {
    const key = generateKey();
    writeKeyFile(file, key);
    expect(readKeyFile(file)).toEqual(key);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is a Multikey that says whose it is', () => {
    const key = generateKey();
    writeKeyFile(path.join(folder, 'new', 'party.key'), key);
    const content = JSON.parse(fs.readFileSync(path.join(folder, 'new', 'party.key'), 'utf8'));
    expect(content).toEqual({
      type: 'Multikey',
      id: signerOf(key).verificationMethod,
      controller: signerOf(key).did,
      ...key,
    });
  });

  it('is never overwritten', () => {
    const first = generateKey();
    writeKeyFile(file, first);
    expect(() => writeKeyFile(file, generateKey())).toThrow(because('exists'));
    expect(readKeyFile(file)).toEqual(first);
  });

  it('is not used when others can read it', () => {
    writeKeyFile(file, generateKey());
    fs.chmodSync(file, 0o644);
    expect(() => readKeyFile(file)).toThrow(because('readable-by-others'));
  });

  it('is reported missing when it is', () => {
    expect(() => readKeyFile(file)).toThrow(because('missing'));
  });

  it('is refused when its halves do not belong together, without quoting the secret', () => {
    const key = generateKey();
    writeKeyFile(file, key);
    edit((content) => ({ ...content, publicKeyMultibase: generateKey().publicKeyMultibase }));
    expect(() => readKeyFile(file)).toThrow(because('malformed'));
    fs.writeFileSync(file, `{"secretKeyMultibase": ${key.secretKeyMultibase}`);
    expect(() => readKeyFile(file)).toThrow(because('malformed'));
    expect(() => readKeyFile(file)).not.toThrow(key.secretKeyMultibase);
  });

  it('lets a fault of the file system through as it is', () => {
    fs.mkdirSync(file, { mode: 0o700 });
    expect(() => readKeyFile(file)).toThrow('EISDIR');
    fs.writeFileSync(path.join(folder, 'plain'), '');
    expect(() => writeKeyFile(path.join(folder, 'plain', 'x'), generateKey())).toThrow('plain');
  });

  it('is refused when it is of another type', () => {
    writeKeyFile(file, generateKey());
    edit((content) => ({ ...content, type: 'JsonWebKey' }));
    expect(() => readKeyFile(file)).toThrow(because('malformed'));
  });
});

describe('the registry’s keystore', () => {
  const names = ['statements', 'log', 'witness'];
  const create = () => Keystore.create(file, passphrase, names, cheap);

  it('holds a different key for each purpose, and opens again with the same ones', async () => {
    const made = await create();
    const opened = await Keystore.open(file, passphrase);
    expect(opened.names()).toEqual(names);
    const keys = names.map((name) => opened.signer(name).publicKeyMultibase);
    expect(keys).toEqual(names.map((name) => made.signer(name).publicKeyMultibase));
    expect(new Set(keys).size).toBe(3);
  });

  it('shows nothing of a key to who reads the file, and is the owner’s alone', async () => {
    const keystore = await create();
    const text = fs.readFileSync(file, 'utf8');
    expect(text).not.toContain(keystore.signer('log').publicKeyMultibase);
    expect(text).not.toContain('statements');
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it('says so when the passphrase is wrong', async () => {
    await create();
    await expect(Keystore.open(file, 'correct horse batterz')).rejects.toEqual(
      because('wrong-passphrase'),
    );
  });

  it('opens with a passphrase typed with composed or decomposed letters', async () => {
    await Keystore.create(file, 'schlüssel-größe', ['log'], cheap);
    const opened = await Keystore.open(file, 'schlüssel-größe'.normalize('NFD'));
    expect(opened.names()).toEqual(['log']);
  });

  it.each<[string, (content: Record<string, unknown>) => object, string]>([
    [
      'a bit of the ciphertext',
      (c) => ({ ...c, ciphertext: flip(c.ciphertext as string) }),
      'tampered',
    ],
    ['the whole ciphertext', (c) => ({ ...c, ciphertext: '' }), 'tampered'],
    [
      'the nonce',
      (c) => ({ ...c, cipher: { name: 'aes-256-gcm', nonce: 'AAAAAAAAAAAAAAAA' } }),
      'tampered',
    ],
    ['an unknown member', (c) => ({ ...c, comment: 'hello' }), 'tampered'],
    [
      'the salt',
      (c) => ({ ...c, kdf: { ...(c.kdf as object), salt: 'AAAAAAAAAAAAAAAAAAAAAA==' } }),
      'wrong-passphrase',
    ],
    ['the check value', (c) => ({ ...c, check: flip(c.check as string) }), 'wrong-passphrase'],
    [
      'the cost, to exhaust memory',
      (c) => ({ ...c, kdf: { ...(c.kdf as object), cost: 2 ** 30 } }),
      'malformed',
    ],
    [
      'the cost, to ease guessing',
      (c) => ({ ...c, kdf: { ...(c.kdf as object), cost: 2 } }),
      'malformed',
    ],
    ['the version', (c) => ({ ...c, version: 2 }), 'malformed'],
    ['the cipher', (c) => ({ ...c, cipher: { name: 'none', nonce: '' } }), 'malformed'],
    ['everything', () => [], 'malformed'],
  ])('does not open after somebody changed %s', async (_what, change, reason) => {
    await create();
    edit(change);
    await expect(Keystore.open(file, passphrase)).rejects.toEqual(because(reason));
  });

  it('is reported missing, or not a keystore', async () => {
    await expect(Keystore.open(file, passphrase)).rejects.toEqual(because('missing'));
    fs.writeFileSync(file, 'not JSON');
    await expect(Keystore.open(file, passphrase)).rejects.toEqual(because('malformed'));
  });

  it('is never overwritten by a second creation', async () => {
    const first = await create();
    await expect(create()).rejects.toEqual(because('exists'));
    const opened = await Keystore.open(file, passphrase);
    expect(opened.signer('log').did).toBe(first.signer('log').did);
  });

  it('takes a further key for rotation, and keeps the old ones', async () => {
    const keystore = await create();
    const fresh = await keystore.generate('log-2027', passphrase);
    const opened = await Keystore.open(file, passphrase);
    expect(opened.names()).toEqual([...names, 'log-2027']);
    expect(opened.signer('log-2027').did).toBe(fresh.did);
    expect(opened.signer('log').did).toBe(keystore.signer('log').did);
    expect(fs.readdirSync(folder)).toEqual(['party.key']);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it('does not lock its keys under a mistyped passphrase, nor replace a key', async () => {
    const keystore = await create();
    await expect(keystore.generate('log-2027', 'mistyped passphrase')).rejects.toEqual(
      because('wrong-passphrase'),
    );
    await expect(keystore.generate('log', passphrase)).rejects.toEqual(because('exists'));
    expect((await Keystore.open(file, passphrase)).names()).toEqual(names);
  });

  it('forgets a key that could not be stored', async () => {
    // The longest name a file may have leaves no room for that of its replacement.
    file = path.join(folder, 'k'.repeat(250));
    const keystore = await create();
    await expect(keystore.generate('log-2027', passphrase)).rejects.toThrow('ENAMETOOLONG');
    expect(keystore.names()).toEqual(names);
    expect((await Keystore.open(file, passphrase)).names()).toEqual(names);
  });

  it('names no key that it does not hold', async () => {
    const keystore = await create();
    expect(() => keystore.signer('timestamp')).toThrow(because('unknown-key'));
  });

  it('does not open when one key serves two purposes', async () => {
    const keystore = await create();
    // A cosignature does not bind its role: only distinct keys keep the roles apart.
    keystore['keys'].set('copy', keystore['keys'].get('log')!);
    await keystore.generate('other', passphrase);
    await expect(Keystore.open(file, passphrase)).rejects.toEqual(because('reused-key'));
  });

  it('wants a passphrase that is one, and plain names', async () => {
    await expect(Keystore.create(file, 'short', names, cheap)).rejects.toThrow(RangeError);
    await expect(Keystore.create(file, passphrase, ['__proto__'], cheap)).rejects.toThrow(
      RangeError,
    );
    expect(fs.existsSync(file)).toBe(false);
  });
});

/** Changes the first base64 character, and so at least one bit. */
function flip(base64: string): string {
  return (base64.startsWith('A') ? 'B' : 'A') + base64.slice(1);
}
