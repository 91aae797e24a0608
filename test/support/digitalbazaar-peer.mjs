// An independent implementation in a process of its own, for interoperation tests: reads
// {"key", "issue": [credential…], "verify": [credential…]} from standard input and answers
// {"issued": [secured credential…], "verified": [boolean…]}. Apart from Jest, which compiles ESM to
// CommonJS, so that the peer runs as its authors shipped it.
import { text } from 'node:stream/consumers';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {
  createSignCryptosuite,
  createVerifyCryptosuite,
} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import { defaultDocumentLoader, issue, verifyCredential } from '@digitalbazaar/vc';

const { key, issue: toIssue, verify: toVerify } = JSON.parse(await text(process.stdin));
const multikey = { '@context': 'https://w3id.org/security/multikey/v1', type: 'Multikey', ...key };
const { secretKeyMultibase: _, ...publicMultikey } = multikey;
const controller = {
  '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
  id: key.controller,
  verificationMethod: [publicMultikey],
  assertionMethod: [key.id],
};
const documents = new Map([
  [key.id, publicMultikey],
  [key.controller, controller],
]);

async function documentLoader(url) {
  const document = documents.get(url);
  return document ? { documentUrl: url, document } : defaultDocumentLoader(url);
}

const issued = [];
for (const credential of toIssue) {
  const signer = (await Ed25519Multikey.from(multikey)).signer();
  const suite = new DataIntegrityProof({ signer, cryptosuite: createSignCryptosuite() });
  issued.push(await issue({ credential, suite, documentLoader }));
}
const verified = [];
for (const credential of toVerify) {
  const suite = new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() });
  verified.push((await verifyCredential({ credential, suite, documentLoader })).verified);
}
console.log(JSON.stringify({ issued, verified }));
