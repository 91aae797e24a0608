import { perSecond, timed } from '../figures.js';
import type { Report } from '../report.js';
import type { LedgerUnderTest } from './ledger-under-test.js';

const READERS = 16;
const READS = 4_000;

/** (f) Inclusion proofs and whole receipts by several readers at once. */
export async function measureProofReads(report: Report, ledger: LedgerUnderTest): Promise<void> {
  const size = await ledger.reader.treeSize();
  const readAll = async (read: (index: number) => Promise<unknown>) => {
    let left = READS;
    const { ms } = await timed(() =>
      Promise.all(
        Array.from({ length: READERS }, async () => {
          while (left-- > 0) await read(Math.floor(Math.random() * size));
        }),
      ),
    );
    return perSecond(READS, ms);
  };
  const proofs = await readAll((index) => ledger.reader.inclusionProof(index, size));
  report.rate('proofReads', `(f) inclusion proofs, ${READERS} readers`, proofs, 'proofs/s');
  const receipts = await readAll((index) => ledger.reader.receipt(index));
  report.rate('receiptReads', `    whole receipts, ${READERS} readers`, receipts, 'receipts/s');
}
