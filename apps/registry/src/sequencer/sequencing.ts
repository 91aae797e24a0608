import type { Receipt, Signed, Signer, Statement } from '#lib/documents';
import type { Evidence, Sequencer } from '#lib/store';
import { isNewlyRecorded } from '../deciders.js';

/** A verified statement on its way to the sequencer: plain data, as it may cross to a thread. */
export interface VerifiedStatement {
  /** The statement's exact bytes. */
  bytes: Uint8Array;
  /** SHA-256 of them, hex. */
  digest: string;
  /** `statementIdentity`, hex. */
  identity: string;
  signers: Signer[];
  /** The opened statement as JSON: text costs a thread half of what an object does. */
  openedText: string;
  /** RFC 8785 bytes of the disclosures; null when there are none. */
  disclosureBytes: Uint8Array | null;
  evidence: readonly Evidence[];
}

/** What came of a submission: its receipt, and whether it was recorded just now. */
export interface Admission {
  receipt: Receipt;
  isNew: boolean;
}

/** What takes verified statements into the ledger. */
export interface Sequencing {
  /** Throws what the decider refuses, and what `Sequencer.append` throws. */
  append(statement: VerifiedStatement): Promise<Admission>;
  /** Statements that wait for their receipt. */
  readonly waiting: number;
  /** Takes nothing more in, and resolves when everything that waits is answered. */
  close(): Promise<void>;
}

/** Appends one statement where the sequencer runs. */
export async function appendTo(
  sequencer: Sequencer,
  { openedText, disclosureBytes, ...sent }: VerifiedStatement,
): Promise<Admission> {
  const { digest, identity, signers, bytes, evidence } = sent;
  const statement = JSON.parse(openedText) as Signed<Statement>['statement'];
  const type = statement.type[1];
  const signed: Signed<Statement> = { statement, type, digest, identity, signers };
  const item = { type, digest, identity, bytes, disclosures: disclosureBytes, signed, evidence };
  const receipt = await sequencer.append(item);
  return { receipt, isNew: isNewlyRecorded(signed, receipt) };
}
