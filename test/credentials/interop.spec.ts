import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { requireIssuerSigned, verifyProof } from '#lib/credentials';
import { generateKey, nodeCrypto, signerOf } from '#lib/keys';
import { aCredential, aParty, signedBy } from '../support/signing.js';

const keyPair = generateKey();
const issuer = signerOf(keyPair);

interface PeerAnswer {
  issued: object[];
  verified: boolean[];
}

function askPeer(work: { issue?: object[]; verify?: object[] }): PeerAnswer {
  const key = { id: issuer.verificationMethod, controller: issuer.did, ...keyPair };
  const input = JSON.stringify({ key, issue: [], verify: [], ...work });
  const peer = path.resolve('test/support/digitalbazaar-peer.mjs');
  return JSON.parse(
    execFileSync(process.execPath, [peer], { input, encoding: 'utf8' }),
  ) as PeerAnswer;
}

describe('interoperation with @digitalbazaar/vc', () => {
  it('a credential that we signed verifies there, and a changed one does not', async () => {
    const signed = await signedBy(aCredential(issuer.did), issuer);
    const changed = { ...signed, validFrom: '2026-11-22T00:00:00Z' };
    const foreign = await signedBy(aCredential(issuer.did), aParty());
    const claimed = {
      ...foreign,
      proof: { ...foreign.proof, verificationMethod: issuer.verificationMethod },
    };
    expect(askPeer({ verify: [signed, changed, claimed] }).verified).toEqual([true, false, false]);
  });

  it('a credential that they signed verifies here, and a changed one does not', async () => {
    const [signed] = askPeer({ issue: [aCredential(issuer.did)] }).issued;
    const signers = await verifyProof(nodeCrypto, signed!);
    expect(signers).toMatchObject([{ did: issuer.did }]);
    expect(() => requireIssuerSigned(signed!, signers)).not.toThrow();
    await expect(verifyProof(nodeCrypto, { ...signed, name: 'x' })).rejects.toMatchObject({
      problem: 'proof-invalid',
    });
  });
});
