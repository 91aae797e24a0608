import type { Receipt } from '#lib/documents';
import type { Receipt as LedgerReceipt } from '#lib/store';
import { parseEntry } from '#lib/tlog';

/** A receipt as it is answered (receipt.schema.json): what the entry says, its bytes, its proof. */
export function formatReceipt({ entry, proof }: LedgerReceipt): Receipt {
  const { index, origin, digest, recordedAt } = parseEntry(new TextEncoder().encode(entry));
  return { index, origin, digest, recordedAt, entry, proof };
}
