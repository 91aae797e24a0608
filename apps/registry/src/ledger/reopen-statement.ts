import { didResolver, verifyProof, type DidDocument } from '#lib/credentials';
import {
  canonicalBytes,
  parseJson,
  parseSubmission,
  statementIdentity,
  type Crypto,
  type RegistryGenesis,
} from '#lib/documents';
import { nodeCrypto, type VerifiedSubmission } from '#lib/keys';
import type { FrozenHead, Replay } from '#lib/store';
import { LEDGER_DECIDERS } from '../deciders.js';
import { signedOf } from '../statements/admit-statement.js';
import { webKeysNamedIn } from '../statements/web-keys.js';

/** Reads a submission and verifies its proofs, as `VerifierPool.readSubmission` does. */
export type ReadSubmission = (
  body: Uint8Array,
  documents: readonly DidDocument[],
) => Promise<VerifiedSubmission>;

/** Opens recorded statements by the road on which they came in, and lends the rules of all types. */
export function replayWith(read: ReadSubmission): Replay {
  return {
    deciders: LEDGER_DECIDERS,
    open: async ({ bytes, disclosures }) => {
      const statement = parseJson(bytes);
      const body = canonicalBytes({
        disclosures: disclosures ? parseJson(disclosures) : [],
        statement,
      });
      const signed = signedOf(await read(body, webKeysNamedIn(body)));
      // The statement's own type and identity: the columns beside it are what is being examined.
      const { type, identity } = signed;
      const predecessor = predecessorOf(statement);
      const begun = predecessor ? { predecessor } : {};
      return { type, identity, signed, evidence: evidenceOf(statement), ...begun };
    },
  };
}

const VERIFIED_BEFORE: Crypto = { ...nodeCrypto, verifyEd25519: () => Promise.resolve(true) };

/**
 * Reads a submission whose signatures were verified before, over these very bytes: everything but
 * the signature equation is checked again. Whoever calls it answers for the bytes.
 */
export const readVerifiedBefore: ReadSubmission = async (body, documents) => {
  const submission = parseSubmission(nodeCrypto.sha256, body);
  const { statement } = submission;
  const signers = await verifyProof(VERIFIED_BEFORE, statement, didResolver(documents));
  const keys = signers.map(({ publicKeyMultibase }) => publicKeyMultibase);
  return { submission, signers, identity: statementIdentity(nodeCrypto.sha256, statement, keys) };
};

/** Only the genesis of a successor log names one. */
function predecessorOf(statement: unknown): FrozenHead | undefined {
  const { type, credentialSubject } = statement as RegistryGenesis;
  return (type[1] as string) === 'RegistryGenesis' ? credentialSubject.predecessor : undefined;
}

/** Only an import brings a document with it: the bundle that it cites. */
function evidenceOf(statement: unknown): string[] {
  const { type, credentialSubject } = statement as {
    type: [string, string];
    credentialSubject: { evidence?: unknown };
  };
  const { evidence } = credentialSubject;
  return type[1] === 'Import' && typeof evidence === 'string' ? [evidence] : [];
}
