import { didWebOf, signDocument } from '#lib/credentials';
import { canonicalBytes, type RegistryGenesis } from '#lib/documents';
import { nodeCrypto, type KeySigner } from '#lib/keys';
import { DEFAULT_YIELD_BANDS } from '#lib/materials';
import { CONTEXT } from './context.js';
import { baseUrlOf } from './configuration.js';
import { toTheSecond, type RegistryIdentity } from './registry.js';

/** The frozen head that the genesis of a successor log names. */
export type Predecessor = NonNullable<RegistryGenesis['credentialSubject']['predecessor']>;

/** The registry of a domain. */
export function identityOf(
  domain: string,
  { name, jurisdiction, origin }: Pick<RegistryIdentity, 'name' | 'jurisdiction' | 'origin'>,
  vkey: string,
): RegistryIdentity {
  const url = baseUrlOf(domain);
  return { domain, did: didWebOf(url), url, name, jurisdiction, origin, vkey };
}

/** The first line of the checkpoints of a domain's first log; a successor's is chosen. */
export function originOf(domain: string): string {
  return `${domain}/log`;
}

/**
 * The submission of the genesis, entry 0: names the registry and is signed by the key it names. That
 * of a successor log names the frozen head of the log before as well.
 */
export async function genesisSubmission(
  identity: RegistryIdentity,
  signer: KeySigner,
  authority: string,
  predecessor?: Predecessor,
): Promise<Uint8Array> {
  const created = toTheSecond(new Date().toISOString());
  const { did, name, jurisdiction, origin, vkey } = identity;
  const statement = {
    '@context': CONTEXT,
    type: ['VerifiableCredential', 'RegistryGenesis'],
    issuer: did,
    validFrom: created,
    credentialSubject: {
      id: did,
      name,
      jurisdiction,
      origin,
      logKey: vkey,
      keys: [signer.publicKeyMultibase],
      authority,
      yieldBands: DEFAULT_YIELD_BANDS,
      ...(predecessor ? { predecessor } : {}),
    },
  };
  const signed = await signDocument(nodeCrypto.sha256, statement, signer, { created });
  return canonicalBytes({ disclosures: [], statement: signed });
}
