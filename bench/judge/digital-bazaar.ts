// The peer: @digitalbazaar/vc with eddsa-jcs-2022, as its authors ship it. It ships no types, so
// that the doors through which it is called are written down here.
import type { RegistryKey } from '#lib/credentials';

/** Verifies a credential of a registry; throws when it does not hold. */
export type VerifyCredential = () => Promise<void>;

interface Peer {
  verifyCredential(options: object): Promise<{ verified: boolean; error?: unknown }>;
}
interface Suite {
  DataIntegrityProof: new (options: object) => object;
  createVerifyCryptosuite(): object;
}

/** A verifier that knows the registry's key and trusts whatever its status lists would say. */
export async function digitalBazaarVerifier(
  credential: object,
  registry: string,
  { publicKeyMultibase }: RegistryKey,
): Promise<VerifyCredential> {
  const { verifyCredential } = await peer<Peer>('@digitalbazaar/vc');
  const { DataIntegrityProof } = await peer<Suite>('@digitalbazaar/data-integrity');
  const { createVerifyCryptosuite } = await peer<Suite>(
    '@digitalbazaar/eddsa-jcs-2022-cryptosuite',
  );
  const id = `${registry}#${publicKeyMultibase}`;
  const method = {
    '@context': 'https://w3id.org/security/multikey/v1',
    id,
    type: 'Multikey',
    controller: registry,
    publicKeyMultibase,
  };
  const controller = {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: registry,
    verificationMethod: [method],
    assertionMethod: [id],
  };
  const documents = new Map<string, object>([
    [id, method],
    [registry, controller],
  ]);
  const documentLoader = (url: string) => {
    const document = documents.get(url);
    if (!document) throw new Error(`The peer asks for ${url}`);
    return Promise.resolve({ documentUrl: url, document });
  };
  const checkStatus = () => Promise.resolve({ verified: true });
  return async () => {
    const suite = new DataIntegrityProof({ cryptosuite: createVerifyCryptosuite() });
    const { verified, error } = await verifyCredential({
      credential,
      suite,
      documentLoader,
      checkStatus,
    });
    if (!verified) throw new Error('The peer refuses the certificate', { cause: error });
  };
}

async function peer<T>(name: string): Promise<T> {
  return (await import(name)) as T;
}
