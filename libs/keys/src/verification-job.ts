import { didResolver, verifyStatement, type DidDocument } from '#lib/credentials';
import {
  canonicalBytes,
  parseSubmission,
  statementIdentity,
  type Disclosure,
  type Opened,
  type Signer,
  type Statement,
  type Submission,
} from '#lib/documents';
import { outcomeOf, type Outcome } from '#lib/problem';
import { nodeCrypto } from './node-crypto.js';

const decoder = new TextDecoder();

/** A submission that was read and whose every proof verified. */
export interface VerifiedSubmission {
  submission: Submission;
  signers: Signer[];
  /** `statementIdentity` of the statement and its signers, hex. */
  identity: string;
}

/** The same, with the texts of which it is recorded: they cross threads as they are. */
export interface PortableSubmission extends VerifiedSubmission {
  /** The opened statement as JSON. */
  openedText: string;
  /** RFC 8785 bytes of the disclosures; null when there are none. */
  disclosureBytes: Uint8Array | null;
}

/**
 * A verified submission on its way between threads: what is text there is read again here, when
 * anybody asks for it, which costs half of what the thread's own copying of objects does.
 */
export interface SentSubmission extends Omit<PortableSubmission, 'submission'> {
  sent: Pick<Submission, 'bytes' | 'digest'>;
}

/** One piece of work for a verification worker; plain data, as it crosses a thread. */
export type VerificationJob =
  | { kind: 'signature'; publicKey: Uint8Array; message: Uint8Array; signature: Uint8Array }
  | { kind: 'submission'; body: Uint8Array; documents: readonly DidDocument[] };

/** Does one job. Never throws. */
export function runJob(job: VerificationJob): Promise<Outcome<boolean | SentSubmission>> {
  return outcomeOf<boolean | SentSubmission>(() => {
    if (job.kind === 'submission') return readSubmission(job.body, job.documents);
    const { publicKey, message, signature } = job;
    return nodeCrypto.verifyEd25519(publicKey, message, signature);
  });
}

/**
 * What was sent, as it is here. What is recorded is bytes: few ask for the objects, so they are read
 * when they are asked for.
 */
export function received({ sent, ...rest }: SentSubmission): PortableSubmission {
  let opened: Opened<Statement> | undefined;
  let statement: Statement | undefined;
  let disclosures: Disclosure[] | undefined;
  const submission: Submission = {
    ...sent,
    get opened() {
      return (opened ??= JSON.parse(rest.openedText) as Opened<Statement>);
    },
    get statement() {
      return (statement ??= JSON.parse(decoder.decode(sent.bytes)) as Statement);
    },
    get disclosures() {
      return (disclosures ??= rest.disclosureBytes
        ? (JSON.parse(decoder.decode(rest.disclosureBytes)) as Disclosure[])
        : []);
    },
  };
  return { submission, ...rest };
}

async function readSubmission(
  body: Uint8Array,
  documents: readonly DidDocument[],
): Promise<SentSubmission> {
  const parsed = parseSubmission(nodeCrypto.sha256, body);
  const { statement, opened, disclosures, ...sent } = parsed;
  const signers = await verifyStatement(nodeCrypto, parsed, didResolver(documents));
  const keys = signers.map(({ publicKeyMultibase }) => publicKeyMultibase);
  const identity = statementIdentity(nodeCrypto.sha256, statement, keys, sent.bytes);
  const disclosureBytes = disclosures.length > 0 ? canonicalBytes(disclosures) : null;
  return { sent, openedText: JSON.stringify(opened), signers, identity, disclosureBytes };
}
