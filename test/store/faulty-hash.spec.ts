import { type Log, migrateDatabase, type Receipt } from '#lib/store';
import type { Sha256 } from '#lib/documents';
import { parseTlogProof, policyOfLog, verifyEntryProof } from '#lib/tlog';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { type ToyProcess, open, startToy, toyLog } from '../support/toy-ledger.js';

const NAMES = ['ann', 'bob', 'carl'];
/** More than a batch of them takes. */
const HASHES = 22;

describe('a processor that errs', () => {
  const log = toyLog();
  let database: FreshDatabase;
  let toy: ToyProcess;
  let hashing: ReturnType<typeof erringOnce>;

  const begin = async () => {
    database = await freshDatabase();
    await migrateDatabase(database.adminUrl);
    hashing = erringOnce(log.crypto.sha256);
    const crypto = { ...log.crypto, sha256: hashing.sha256 };
    toy = await startToy(database.url, { ...log, crypto });
    await toy.sequencer.append(open('first', 1));
  };

  const end = async () => {
    await toy.stop();
    await database.drop();
  };

  it('gives no receipt that does not hold, and builds on no hash that came out wrong, whichever', async () => {
    const withheld: number[] = [];
    for (let call = 0; call < HASHES; call++) {
      await begin();
      hashing.errAt(call);
      const first = await append();
      withheld.push(NAMES.length - first.length);
      hashing.errAt(Number.POSITIVE_INFINITY);
      // What was not recorded is now, upon a tree that is right.
      const again = await append();
      expect(again).toHaveLength(NAMES.length);
      for (const receipt of [...first, ...again]) await verify(log, receipt);
      await end();
    }
    expect(withheld.filter((count) => count > 0).length).toBeGreaterThan(HASHES / 2);
    expect(withheld.at(-1)).toBe(0);
  }, 60_000);

  /** The receipts that are given for the same three statements. */
  const append = async (): Promise<Receipt[]> => {
    const items = NAMES.map((name) => open(name, 1));
    const results = await Promise.allSettled(items.map((item) => toy.sequencer.append(item)));
    return results.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  };
});

/** SHA-256, one of whose results has a flipped bit. */
function erringOnce(sha256: Sha256) {
  let left = Number.POSITIVE_INFINITY;
  const erring: Sha256 = (bytes) => {
    const hash = sha256(bytes);
    if (left-- === 0) hash[7]! ^= 1;
    return hash;
  };
  return { sha256: erring, errAt: (call: number) => void (left = call) };
}

async function verify(log: Log, { entry, proof }: Receipt): Promise<void> {
  const policy = policyOfLog(log.keys[0]!);
  await verifyEntryProof(log.crypto, parseTlogProof(proof), Buffer.from(entry), policy);
}
