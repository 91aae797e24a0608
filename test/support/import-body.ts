import { signDocument } from '#lib/credentials';
import { toHex, type Disclosure } from '#lib/documents';
import { nodeCrypto, type KeySigner } from '#lib/keys';
import { daysAgo, type TestRegistry } from './registry.js';

/** What an importer has in hand: the release, and what the home registry gave for it. */
export interface Consignment {
  home: TestRegistry;
  batch: string;
  position: { origin: string; index: number; statement: string };
  certificate: object;
  disclosures: Disclosure[];
  bundle: Buffer;
  recognition: string;
}

/** The body of POST /imports for a consignment, with what a test changes in its subject. */
export async function importBody(
  consignment: Consignment,
  importer: KeySigner,
  changes: Record<string, unknown> = {},
): Promise<{ disclosures: Disclosure[]; statement: object; bundle: string }> {
  const { home, batch, position, certificate, disclosures, bundle, recognition } = consignment;
  const { did, jurisdiction } = home.registry.identity;
  const unsigned = {
    '@context': (certificate as { '@context': string[] })['@context'],
    type: ['VerifiableCredential', 'Import'],
    issuer: importer.did,
    validFrom: daysAgo(0),
    credentialSubject: {
      id: `${importer.did}/batches/AU-O-1`,
      release: position,
      home: { registry: did, jurisdiction, batch },
      certificate,
      recognition,
      evidence: toHex(nodeCrypto.sha256(bundle)),
      receivedAt: daysAgo(1),
      transfersTitle: true,
      ...changes,
    },
  };
  const statement = await signDocument(nodeCrypto.sha256, unsigned, importer, {
    created: daysAgo(0),
  });
  return { disclosures, statement, bundle: bundle.toString('base64') };
}
