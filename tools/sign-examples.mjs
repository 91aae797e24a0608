// Signs the golden statements of test/vectors/statements again after somebody edited them, and
// writes their digests. The keys are public on purpose: each seed is SHA-256 of a name.
import { base58 } from '@scure/base';
import { canonicalize } from 'json-canonicalize';
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';

const FOLDER = 'test/vectors/statements';
const HOLDERS = [
  'registry-au',
  'registry-us',
  'authority-au',
  'authority-us',
  'miner',
  'separator',
  'separator-2',
  'metal',
  'laboratory',
  'accreditor',
  'importer',
  'buyer',
];
/** PKCS#8 (RFC 8410 §7) up to the 32-byte seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const ED25519_MULTICODEC = Buffer.from([0xed, 0x01]);

const keys = new Map(HOLDERS.map(exampleKey));
const digests = {};
for (const name of (await fs.readdir(FOLDER)).sort()) {
  if (name === 'digests.json' || name === 'disclosures.json') continue;
  const file = path.join(FOLDER, name);
  const signed = signAgain(JSON.parse(await fs.readFile(file, 'utf8')));
  await fs.writeFile(file, `${JSON.stringify(signed, null, 2)}\n`);
  digests[signed.type[1]] = sha256(canonicalize(signed)).toString('hex');
}
await fs.writeFile(path.join(FOLDER, 'digests.json'), `${JSON.stringify(digests, null, 2)}\n`);

/** The statement with every proof made anew by the key that it names. */
function signAgain({ proof, ...payload }) {
  const again = ({ proofValue: _old, ...options }) => {
    const multikey = options.verificationMethod.split('#')[1];
    if (!keys.has(multikey)) throw new Error(`No example key is ${multikey}`);
    return { ...options, proofValue: proofValue(options, payload, keys.get(multikey)) };
  };
  return { ...payload, proof: Array.isArray(proof) ? proof.map(again) : again(proof) };
}

/** VC Data Integrity EdDSA 1.0 §3.3: eddsa-jcs-2022 signs the hash of options, then of the document. */
function proofValue(options, payload, privateKey) {
  const data = Buffer.concat([sha256(canonicalize(options)), sha256(canonicalize(payload))]);
  return `z${base58.encode(sign(null, data, privateKey))}`;
}

function exampleKey(name) {
  const seed = sha256(`lodestone example key: ${name}`);
  const key = Buffer.concat([PKCS8_PREFIX, seed]);
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const multikey = Buffer.concat([ED25519_MULTICODEC, spki.subarray(-32)]);
  return [`z${base58.encode(multikey)}`, privateKey];
}

function sha256(data) {
  return createHash('sha256').update(data).digest();
}
