import { didResolver, verifyProof, type DidDocument } from '#lib/credentials';
import { parseSubmission, statementIdentity, type Signer, type Submission } from '#lib/documents';
import { Problem, type ProblemDetails, type ProblemName } from '#lib/problem';
import { nodeCrypto } from './node-crypto.js';

/** A submission that was read and whose every proof verified. */
export interface VerifiedSubmission {
  submission: Submission;
  signers: Signer[];
  /** `statementIdentity` of the statement and its signers, hex. */
  identity: string;
}

/** One piece of work for a verification worker; plain data, as it crosses a thread. */
export type VerificationJob =
  | { kind: 'signature'; publicKey: Uint8Array; message: Uint8Array; signature: Uint8Array }
  | { kind: 'submission'; body: Uint8Array; documents: readonly DidDocument[] };

/** What came of a job: its value, a refusal to throw again as a Problem, or a fault. */
export type VerificationOutcome =
  | { value: boolean | VerifiedSubmission }
  | { problem: ProblemName; details: ProblemDetails }
  | { fault: string };

/** Does one job. Never throws: a thrown Problem would lose its class on the way between threads. */
export async function runJob(job: VerificationJob): Promise<VerificationOutcome> {
  try {
    if (job.kind === 'submission') return { value: await readSubmission(job.body, job.documents) };
    const { publicKey, message, signature } = job;
    return { value: await nodeCrypto.verifyEd25519(publicKey, message, signature) };
  } catch (error) {
    if (error instanceof Problem) return { problem: error.problem, details: error.details };
    return { fault: (error as Error).stack ?? String(error) };
  }
}

/** The value of an outcome; throws its Problem, or an Error for a fault. */
export function valueOf(outcome: VerificationOutcome): boolean | VerifiedSubmission {
  if ('value' in outcome) return outcome.value;
  if ('problem' in outcome) throw new Problem(outcome.problem, outcome.details);
  throw new Error(`Verification failed: ${outcome.fault}`);
}

async function readSubmission(
  body: Uint8Array,
  documents: readonly DidDocument[],
): Promise<VerifiedSubmission> {
  const submission = parseSubmission(nodeCrypto.sha256, body);
  const { statement } = submission;
  const signers = await verifyProof(nodeCrypto, statement, didResolver(documents));
  const keys = signers.map(({ publicKeyMultibase }) => publicKeyMultibase);
  return { submission, signers, identity: statementIdentity(nodeCrypto.sha256, statement, keys) };
}
