import { didResolver, verifyStatement, type DidDocument } from '#lib/credentials';
import {
  parseSubmission,
  statementIdentity,
  type Crypto,
  type Import,
  type Opened,
  type RegistryGenesis,
  type Statement,
} from '#lib/documents';
import { nodeCrypto, type VerifiedSubmission } from '#lib/keys';
import type { FrozenHead, Replay } from '#lib/store';
import { LEDGER_DECIDERS } from '../deciders.js';
import { signedOf } from '../statements/signed-of.js';
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
      const body = bodyOf(bytes, disclosures);
      const signed = signedOf(await read(body, webKeysNamedIn(body)));
      // The statement's own type and identity: the columns beside it are what is being examined.
      const { type, identity, statement } = signed;
      const predecessor = predecessorOf(statement);
      const begun = predecessor ? { predecessor } : {};
      return { type, identity, signed, evidence: evidenceOf(statement), ...begun };
    },
  };
}

const BEFORE_DISCLOSURES = Buffer.from('{"disclosures":');
const NO_DISCLOSURES = Buffer.from('[]');
const BEFORE_STATEMENT = Buffer.from(',"statement":');
const END = Buffer.from('}');

/**
 * The submission that these were: its two members, as they are, in their canonical places. Whatever
 * the columns hold, no other statement can be read from it, since of two members of one name, as of
 * anything but the canonical form, the reader makes nothing.
 */
function bodyOf(bytes: Uint8Array, disclosures: Uint8Array | null): Uint8Array {
  const opening = disclosures ?? NO_DISCLOSURES;
  return Buffer.concat([BEFORE_DISCLOSURES, opening, BEFORE_STATEMENT, bytes, END]);
}

const VERIFIED_BEFORE: Crypto = { ...nodeCrypto, verifyEd25519: () => Promise.resolve(true) };

/**
 * Reads a submission whose signatures were verified before, over these very bytes: everything but
 * the signature equation is checked again. Whoever calls it answers for the bytes.
 */
export const readVerifiedBefore: ReadSubmission = async (body, documents) => {
  const submission = parseSubmission(nodeCrypto.sha256, body);
  const { statement, bytes } = submission;
  const signers = await verifyStatement(VERIFIED_BEFORE, submission, didResolver(documents));
  const keys = signers.map(({ publicKeyMultibase }) => publicKeyMultibase);
  const identity = statementIdentity(nodeCrypto.sha256, statement, keys, bytes);
  return { submission, signers, identity };
};

/** Only the genesis of a successor log names one. */
function predecessorOf({ type, credentialSubject }: Opened<Statement>): FrozenHead | undefined {
  if (type[1] !== 'RegistryGenesis') return undefined;
  return (credentialSubject as RegistryGenesis['credentialSubject']).predecessor;
}

/** Only an import brings a document with it: the bundle that it cites. */
function evidenceOf({ type, credentialSubject }: Opened<Statement>): string[] {
  return type[1] === 'Import' ? [(credentialSubject as Import['credentialSubject']).evidence] : [];
}
