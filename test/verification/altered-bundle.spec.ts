import { base64 } from '@scure/base';
import fc from 'fast-check';
import { canonicalBytes, type EvidenceBundle } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { formatTlogProof, parseTlogProof } from '#lib/tlog';
import { CHECKS, inspectBundle, MAX_BUNDLE_SIZE, type Report } from '#lib/verification';
import { edited, positionOf, statementOf, without } from '../support/bundle-editing.js';
import { journey, magnetBundle, trustOf, type Evidence } from '../support/evidence.js';
import { MemoryLog } from '../support/memory-log.js';
import { checkNamed, failures, troubles } from '../support/report-reading.js';

let evidence: Evidence;
let bytes: Uint8Array;

beforeAll(async () => {
  evidence = await journey();
  bytes = await magnetBundle(evidence);
});

const inspect = (altered: Uint8Array): Promise<Report> =>
  inspectBundle(nodeCrypto, altered, trustOf(evidence), { at: evidence.us.now });

const inspectEdited = (edit: (bundle: EvidenceBundle) => void): Promise<Report> =>
  inspect(edited(bytes, edit));

describe('whoever alters a bundle', () => {
  it('is found out whichever byte it is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (position, change) => {
          const altered = bytes.slice();
          altered[position]! ^= change;
          expect((await inspect(altered)).accepted).toBe(false);
        },
      ),
      { numRuns: 150 },
    );
  }, 120_000);

  it('never makes the verifier throw, whatever stands where', async () => {
    const places: ((bundle: EvidenceBundle, value: unknown) => void)[] = [
      (bundle, value) => (bundle.registries[0]!.didDocument = value as never),
      (bundle, value) => (bundle.registries[0]!.statusLists[0] = value as never),
      (bundle, value) => (bundle.records[3]!.statement = base64.encode(canonicalBytes(value))),
      (bundle, value) => (bundle.records[3]!.entry = JSON.stringify(value)),
      (bundle, value) => (bundle.disclosures[0]!.value = value as never),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...places),
        fc.oneof(fc.object(), fc.string()).filter(isIJson),
        async (put, value) => {
          const report = await inspectEdited((bundle) => put(bundle, value));
          expect(report.accepted).toBe(false);
        },
      ),
      { numRuns: 100 },
    );
  }, 120_000);

  it('never makes it throw by moving values from one place to another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.nat(), fc.nat(), async (i, j, from, to) => {
        const report = await inspectEdited(({ records }) => {
          const [source, target] = [records[i % records.length]!, records[j % records.length]!];
          const values = leavesOf(statementOf(source));
          const changed = statementOf(target);
          const places = leavesOf(changed);
          const place = places[to % places.length]!;
          place.holder[place.name] = values[from % values.length]!.value;
          target.statement = base64.encode(canonicalBytes(changed));
        });
        expect(report.checks).toHaveLength(Object.keys(CHECKS).length);
      }),
      { numRuns: 200 },
    );
  }, 120_000);

  it('gets nothing judged when the file is no bundle at all', async () => {
    const report = await inspect(new TextEncoder().encode('{"type":"Something"}'));
    expect(failures(report)).toEqual(['bundle-well-formed']);
    expect(report.checks.slice(1).every(({ result }) => result === 'cannot-tell')).toBe(true);
    expect(report.certificate).toBeUndefined();
  });

  it.each<[string, (bundle: EvidenceBundle) => void, RegExp]>([
    ['a record twice', ({ records }) => records.push(records.at(-1)!), /order/],
    ['records in another order', ({ records }) => records.reverse(), /order/],
    ['a certificate that is not there', (b) => (b.certificate = '0'.repeat(64)), /\/certificate/],
    ['a disclosure of nothing', (b) => b.disclosures.push(IDLE), /opens nothing/],
    ['a disclosure twice', (b) => b.disclosures.push(b.disclosures[0]!), /twice/],
    ['a log that nobody describes', (b) => b.registries.pop(), /No registry/],
    ['a log described twice', (b) => b.registries.push(b.registries[0]!), /twice/],
    ['a statement that is not base64', (b) => (b.records[0]!.statement = 'A'), /base64/],
  ])('cannot pass off %s', async (_, edit, words) => {
    const report = await inspectEdited(edit);
    expect(failures(report)).toEqual(['bundle-well-formed']);
    expect(checkNamed(report, 'bundle-well-formed').detail).toMatch(words);
  });

  it('cannot send more than a bundle may hold', async () => {
    const report = await inspect(new Uint8Array(MAX_BUNDLE_SIZE + 1));
    expect(checkNamed(report, 'bundle-well-formed').detail).toMatch(
      /malformed-bundle: It has over/,
    );
  });

  it('cannot describe a log of which nothing is shown', async () => {
    const idle = new MemoryLog('NZ', 'registry.nz.example', '2026-01-01T00:00:00.000Z');
    const block = await idle.block();
    const report = await inspectEdited(({ registries }) => registries.push(block));
    expect(checkNamed(report, 'bundle-well-formed').detail).toMatch(/no record here/);
  });
});

describe('a proof that is not of this entry', () => {
  it('of another log is not signed by this log’s key', async () => {
    const report = await inspectEdited((bundle) => {
      const foreign = parseTlogProof(bundle.records.at(-1)!.proof).checkpoint;
      swapProof(bundle, 0, (proof) => ({ ...proof, checkpoint: foreign }));
    });
    expect(failures(report)).toEqual(['checkpoint-signed']);
    expect(troubles(report)['statement-included']).toBe('cannot-tell');
  });

  it('of another index does not lead to the root', async () => {
    const report = await inspectEdited((bundle) => {
      const { hashes } = parseTlogProof(bundle.records[1]!.proof);
      swapProof(bundle, 0, (proof) => ({ ...proof, hashes }));
    });
    expect(failures(report)).toEqual(['statement-included']);
  });

  it('that calls itself another index is not of this entry', async () => {
    const report = await inspectEdited((bundle) => {
      const last = bundle.records.length - 1;
      swapProof(bundle, last, (proof) => ({ ...proof, index: proof.index + 1 }));
    });
    expect(failures(report)).toEqual(
      expect.arrayContaining(['statement-included', 'entry-matches-statement']),
    );
  });

  it('by an unknown log of the same name is not believed', async () => {
    const { us } = evidence;
    const impostor = new MemoryLog('US', us.domain, us.now, us.witnesses);
    await impostor.genesis();
    const forged = impostor.checkpoint();
    const report = await inspectEdited((bundle) =>
      swapProof(bundle, bundle.records.length - 1, (proof) => ({ ...proof, checkpoint: forged })),
    );
    expect(failures(report)).toEqual(['checkpoint-signed']);
    expect(checkNamed(report, 'checkpoint-signed').detail).toMatch(/checkpoint-invalid/);
  });
});

describe('a statement that is not the recorded one', () => {
  it('fails its signature and its entry when a quantity is altered', async () => {
    const report = await inspectEdited((bundle) => {
      const at = positionOf(bundle, 'MakeEvent', evidence.us.origin);
      const text = JSON.stringify(statementOf(bundle.records[at]!)).replace('"1300"', '"1350"');
      bundle.records[at]!.statement = base64.encode(new TextEncoder().encode(text));
    });
    expect(failures(report)).toEqual(['entry-matches-statement', 'statement-signatures']);
    expect(troubles(report)['decisions-hold']).toBe('cannot-tell');
  });

  it('fails its entry when the whole record of another index stands in its place', async () => {
    const report = await inspectEdited((bundle) => {
      const at = positionOf(bundle, 'MakeEvent', evidence.us.origin);
      bundle.records[at]!.statement = bundle.records[at + 1]!.statement;
    });
    expect(failures(report)).toContain('entry-matches-statement');
  });

  it('fails when its entry is written anew to fit', async () => {
    const report = await inspectEdited((bundle) => {
      const at = positionOf(bundle, 'Assay');
      bundle.records[at]!.entry = bundle.records[at]!.entry.replace('2026-03', '2026-02');
    });
    expect(failures(report)).toContain('statement-included');
  });
});

describe('a statement left out', () => {
  it.each<[Parameters<typeof without>[1], string, string]>([
    ['MakeEvent', 'us', 'chain-complete'],
    ['Import', 'us', 'chain-complete'],
    ['HandoverAnswer', 'au', 'chain-complete'],
    ['Assay', 'au', 'certificate-says-what-statements-say'],
    ['PartyRegistration', 'us', 'signer-authorised'],
    ['FacilityRegistration', 'us', 'decisions-hold'],
    ['Release', 'au', 'release-matches-import'],
    ['Recognition', 'us', 'recognition-in-force'],
    ['RegistryGenesis', 'us', 'registry-did-document'],
  ])('%s of %s shows in %s', async (type, log, check) => {
    const { origin } = log === 'us' ? evidence.us : evidence.au;
    const report = await inspect(without(bytes, type, origin));
    expect(report.accepted).toBe(false);
    expect(failures(report)).toContain(check);
  });

  it('is not the same as a value that is kept from the reader', async () => {
    const report = await inspectEdited((bundle) => (bundle.disclosures = []));
    expect(failures(report)).toEqual([]);
    expect(report.accepted).toBe(false);
    expect(troubles(report)).toMatchObject({ 'decisions-hold': 'cannot-tell' });
    expect(checkNamed(report, 'decisions-hold').detail).toMatch(/not disclosed/);
    expect(checkNamed(report, 'chain-complete').result).toBe('pass');
  });
});

/** Every string and number of a JSON value, and where it stands. */
function leavesOf(
  value: object,
): { holder: Record<string, unknown>; name: string; value: unknown }[] {
  const holder = value as Record<string, unknown>;
  return Object.entries(holder).flatMap(([name, member]) =>
    typeof member === 'object' && member !== null
      ? leavesOf(member)
      : [{ holder, name, value: member }],
  );
}

const IDLE = { salt: 'A'.repeat(22), value: 'nothing' };

function swapProof(
  { records }: EvidenceBundle,
  position: number,
  change: (proof: ReturnType<typeof parseTlogProof>) => ReturnType<typeof parseTlogProof>,
): void {
  const record = records[position]!;
  record.proof = formatTlogProof(change(parseTlogProof(record.proof)));
}

function isIJson(value: unknown): boolean {
  try {
    canonicalBytes(value);
    return true;
  } catch {
    return false;
  }
}
