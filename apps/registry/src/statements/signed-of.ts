import type { Signed, Statement } from '#lib/documents';
import type { VerifiedSubmission } from '#lib/keys';

/** The statement as its decider reads it. */
export function signedOf({ submission, signers, identity }: VerifiedSubmission): Signed<Statement> {
  const { opened, digest } = submission;
  return { statement: opened, type: opened.type[1], digest, identity, signers };
}
