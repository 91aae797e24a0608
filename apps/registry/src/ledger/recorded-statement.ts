import { didKeyOf, parsePublicKey } from '#lib/credentials';
import {
  openDisclosures,
  parseStatement,
  type Disclosure,
  type Sha256,
  type Signer,
  type Statement,
} from '#lib/documents';
import type { Recorded } from '#lib/materials';
import type { RecordedStatement } from '#lib/store';

/** A statement of one of this registry's logs, as signed and as its deciders read it. */
export interface LedgerRecord extends Recorded {
  /** As signed, with what is blinded still blinded. */
  statement: Statement;
  /** Its exact bytes. */
  bytes: Uint8Array;
  /** What opens its blinded values; empty when there are none, or they were erased. */
  disclosures: Disclosure[];
}

/**
 * Reads a recorded statement back. Its bytes were hashed up to their leaf on the way; its proofs
 * were verified when it was recorded, so their keys are taken as they are named.
 */
export function ledgerRecord(sha256: Sha256, recorded: RecordedStatement): LedgerRecord {
  const { origin, index, recordedAt, digest, identity, bytes } = recorded;
  const { statement } = parseStatement(sha256, bytes);
  const disclosures = disclosuresOf(recorded);
  const opened = openDisclosures(sha256, statement, disclosures, { partial: true });
  const signers = [statement.proof]
    .flat()
    .map(({ verificationMethod }) => signerOf(verificationMethod));
  return {
    statement,
    bytes,
    disclosures,
    signed: { statement: opened, type: statement.type[1], digest, identity, signers },
    at: { origin, index, recordedAt },
  };
}

function disclosuresOf({ disclosures }: RecordedStatement): Disclosure[] {
  return disclosures ? (JSON.parse(Buffer.from(disclosures).toString()) as Disclosure[]) : [];
}

/** A verification method ends in the Multikey of its key, for did:key as for did:web here. */
function signerOf(verificationMethod: string): Signer {
  const publicKeyMultibase = verificationMethod.slice(verificationMethod.indexOf('#') + 1);
  return {
    did: didKeyOf(parsePublicKey(publicKeyMultibase)),
    verificationMethod,
    publicKeyMultibase,
  };
}
