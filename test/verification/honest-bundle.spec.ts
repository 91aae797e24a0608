import { nobleCrypto } from '#lib/credentials';
import { nodeCrypto } from '#lib/keys';
import {
  assembleBundle,
  certificateOf,
  CHECKS,
  formatBundle,
  inspectBundle,
  parseBundle,
  parseTrust,
  type Report,
} from '#lib/verification';
import { canonicalBytes } from '#lib/documents';
import { bundleOf, journey, magnetBundle, trustOf, type Evidence } from '../support/evidence.js';
import { handOver, mass } from '../support/material-steps.js';
import { sha256 } from '../support/memory-keys.js';
import { type LogRecord } from '../support/memory-log.js';
import { checkNamed, troubles } from '../support/report-reading.js';

let evidence: Evidence;
let bytes: Uint8Array;

beforeAll(async () => {
  evidence = await journey();
  bytes = await magnetBundle(evidence);
});

const inspect = (options: { at?: string } = { at: evidence.us.now }): Promise<Report> =>
  inspectBundle(nodeCrypto, bytes, trustOf(evidence), options);

describe('an honest bundle, from a mine in Australia to magnets in America', () => {
  it('is accepted: every check passes, each with its evidence and nothing to remedy', async () => {
    const report = await inspect();
    expect(troubles(report)).toEqual({});
    expect(report.accepted).toBe(true);
    expect(report.checks.map(({ name }) => name)).toEqual(Object.keys(CHECKS));
    expect(report.checks.every(({ remedy, detail }) => remedy === '' && detail !== '')).toBe(true);
  });

  it('says what it is about and up to where it speaks of each log', async () => {
    const { certificate, asOf } = await inspect();
    const { au, us, magnets, certificates } = evidence;
    expect(certificate).toMatchObject({
      digest: certificates.magnets.signed.digest,
      issuer: us.registry,
      batch: magnets,
      form: 'magnet',
      conformity: 'record',
    });
    expect(asOf.map(({ origin }) => origin)).toEqual([au.origin, us.origin]);
    expect(asOf[1]).toMatchObject({ treeSize: us.records.length, jurisdiction: 'US' });
    expect(asOf[1]!.witnessedAt).toBeDefined();
  });

  it('gives the same report under the browser’s cryptography', async () => {
    const options = { at: evidence.us.now };
    const inBrowser = await inspectBundle(nobleCrypto, bytes, trustOf(evidence), options);
    expect(inBrowser).toEqual(await inspect());
  });

  it('traces every input to a source in either registry', async () => {
    const { evidence: sources } = checkNamed(await inspect(), 'chain-complete');
    expect(sources.filter((source) => source.startsWith('Intake'))).toHaveLength(2);
    expect(sources.filter((source) => source.startsWith('MakeEvent'))).toHaveLength(1);
  });

  it('also holds for the Australian part alone', async () => {
    const home = formatBundle(evidence.homeBundle);
    const report = await inspectBundle(nodeCrypto, home, trustOf(evidence), {
      at: evidence.au.now,
    });
    expect(troubles(report)).toEqual({});
    expect(checkNamed(report, 'release-matches-import').detail).toMatch(/one registry/);
  });

  it('gives up the certificate for rulesets to run on, with its values opened', () => {
    expect(certificateOf(sha256, bytes).credentialSubject.quantity).toMatchObject({
      value: '3000',
      unit: 'KGM',
    });
  });

  it('leaves out what was done with the other part of the concentrate, and still holds', async () => {
    let other: LogRecord | undefined;
    const shared = await journey({
      beforeCertificate: async (au, { miner, concentrate }) => {
        const buyer = await au.party('Another buyer', ['processor']);
        const newBatch = `${buyer.did}/batches/C-1b`;
        other = await handOver(au, miner, buyer, concentrate, mass('9', 'TNE'), { newBatch });
      },
    });
    const file = await magnetBundle(shared);
    const trust = trustOf(shared);
    expect(troubles(await inspectBundle(nodeCrypto, file, trust, { at: shared.us.now }))).toEqual(
      {},
    );
    const entries = parseBundle(file).records.map(({ entry }) => entry);
    expect(entries.join()).not.toContain(other!.signed.digest);
  });
});

describe('a reader that asks for less', () => {
  it('accepts without a witness policy or a maximum age, and says what it then cannot tell', async () => {
    const { au, us } = evidence;
    const trust = { ...trustOf(evidence), registries: [au.trusted, us.trusted] };
    delete trust.witnessPolicy;
    delete trust.maximumAgeSeconds;
    const report = await inspectBundle(nodeCrypto, bytes, trust);
    expect(report.accepted).toBe(true);
    expect(troubles(report)).toEqual({ 'witness-quorum': 'cannot-tell', freshness: 'cannot-tell' });
    expect(checkNamed(report, 'freshness').detail).toContain(`checkpoint ${us.records.length} of`);
  });

  it('is not told that it is fresh when it demands so and gives no time', async () => {
    const report = await inspect({});
    expect(report.accepted).toBe(false);
    expect(troubles(report)).toEqual({ freshness: 'cannot-tell' });
  });
});

describe('putting a bundle together', () => {
  it('gives the same bytes whatever the order of its parts', async () => {
    const { us, certificates, homeBundle } = evidence;
    const parts = {
      certificate: certificates.magnets.signed.digest,
      registry: await us.block(),
      records: us.parts(),
      disclosures: us.disclosures,
    };
    const backwards = {
      ...parts,
      records: parts.records.toReversed(),
      disclosures: parts.disclosures.toReversed(),
      imported: [homeBundle, homeBundle],
    };
    const once = assembleBundle(sha256, { ...parts, imported: [homeBundle] });
    const again = assembleBundle(sha256, backwards);
    expect(Buffer.compare(formatBundle(again), formatBundle(once))).toBe(0);
  });

  it('proves each record by the larger of two checkpoints', async () => {
    const { au, certificates, homeBundle } = evidence;
    const later = await bundleOf(au, certificates.oxide);
    const merged = assembleBundle(sha256, {
      certificate: certificates.oxide.signed.digest,
      registry: await au.block(),
      records: [],
      disclosures: [],
      imported: [later, homeBundle],
    });
    expect(merged.records).toEqual(later.records);
  });

  it('refuses two records that claim one place in a log', async () => {
    const { au, certificates } = evidence;
    const [first, second] = au.parts();
    const forged = { ...first!, statement: second!.statement };
    const parts = {
      certificate: certificates.oxide.signed.digest,
      registry: await au.block(),
      records: [first!, forged],
      disclosures: [],
    };
    expect(() => assembleBundle(sha256, parts)).toThrow(/malformed-bundle/);
  });

  it('reads back what it wrote, byte for byte', () => {
    expect(Buffer.compare(formatBundle(parseBundle(bytes)), bytes)).toBe(0);
  });
});

describe('a trust file', () => {
  const trustBytes = (more: object) => canonicalBytes({ ...trustOf(evidence), ...more });

  it('is read as people write it', () => {
    const spaced = new TextEncoder().encode(JSON.stringify(trustOf(evidence), null, 2));
    expect(parseTrust(sha256, spaced)).toEqual(trustOf(evidence));
  });

  it('is refused with a log key that is another log’s', () => {
    const { au, us } = evidence;
    const mixed = trustBytes({ registries: [{ ...au.trusted, logKey: us.logKey }] });
    expect(() => parseTrust(sha256, mixed)).toThrow(/schema-violation.*log key/);
  });

  it('is refused with a policy that does not follow C2SP tlog-policy', () => {
    const wrong = trustBytes({ witnessPolicy: 'quorum nobody\n' });
    expect(() => parseTrust(sha256, wrong)).toThrow(/malformed-policy/);
  });

  it('is refused with a member that it does not have', () => {
    expect(() => parseTrust(sha256, trustBytes({ everybody: true }))).toThrow(/schema-violation/);
  });
});
