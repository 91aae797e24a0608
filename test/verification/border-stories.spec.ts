import { signDocument } from '#lib/credentials';
import type { Certificate } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { inspectBundle, type Report } from '#lib/verification';
import { bundleOf, journey, magnetBundle, trustOf, type Evidence } from '../support/evidence.js';
import { ago, mass } from '../support/material-steps.js';
import { aKey, sha256 } from '../support/memory-keys.js';
import { MemoryLog } from '../support/memory-log.js';
import { checkNamed, failures } from '../support/report-reading.js';

const inspect = async (evidence: Evidence): Promise<Report> =>
  inspectBundle(nodeCrypto, await magnetBundle(evidence), trustOf(evidence), {
    at: evidence.us.now,
  });

describe('material that crossed a border', () => {
  it('under a recognition that had run out: the rules and the dates both say so', async () => {
    const evidence = await journey({
      recognition: { validUntil: '2026-03-05' },
      importOptions: { lawless: true },
    });
    const report = await inspect(evidence);
    expect(failures(report)).toEqual(['decisions-hold', 'recognition-in-force']);
    expect(checkNamed(report, 'decisions-hold').detail).toMatch(/recognition-missing/);
    expect(checkNamed(report, 'recognition-in-force').detail).toMatch(/ended on/);
  });

  it('under a recognition that was suspended since', async () => {
    const evidence = await journey();
    await suspendRecognition(evidence);
    const report = await inspect(evidence);
    expect(failures(report)).toEqual(['recognition-in-force']);
    expect(checkNamed(report, 'recognition-in-force').detail).toMatch(/does not stand/);
  });

  it('under a recognition that names another log key', async () => {
    const logKey = new MemoryLog('AU', 'registry.au.example', '2026-03-01T00:00:00.000Z').logKey;
    const report = await inspect(await journey({ recognition: { logKey } }));
    expect(failures(report)).toEqual(['recognition-in-force']);
    expect(checkNamed(report, 'recognition-in-force').detail).toMatch(/another log key/);
  });

  it('released to another importer than the one who imported it', async () => {
    const report = await inspect(await journey({ release: { importer: aKey().did } }));
    expect(failures(report)).toEqual(['release-matches-import']);
    expect(checkNamed(report, 'release-matches-import').detail).toMatch(/another importer/);
  });

  it('released to another registry than the one that imported it', async () => {
    const destination = {
      registry: 'did:web:registry.eu.example',
      origin: 'registry.eu.example/log',
      jurisdiction: 'DE',
      key: aKey().publicKeyMultibase,
    };
    const report = await inspect(await journey({ release: { destination } }));
    expect(failures(report)).toEqual(['release-matches-import']);
    expect(checkNamed(report, 'release-matches-import').evidence).toHaveLength(3);
  });

  it.each<[string, (subject: Record<string, unknown>) => object, RegExp]>([
    ['that claims no title where the release gave it', () => ({ transfersTitle: false }), /title/],
    [
      'that was received before it was released',
      ({ certificate }) => ({ receivedAt: (certificate as Certificate).validFrom }),
      /before it was released/,
    ],
  ])('%s', async (_, change, words) => {
    const evidence = await journey({ import: change });
    const report = await inspect(evidence);
    expect(failures(report)).toEqual(['release-matches-import']);
    expect(checkNamed(report, 'release-matches-import').detail).toMatch(words);
  });

  it('on a certificate that the home log does not hold, though the home registry signed it', async () => {
    const forged = await journey({
      import: async ({ certificate }, au) => {
        const { proof: _, ...unsigned } = certificate as Certificate;
        const credentialSubject = { ...unsigned.credentialSubject, quantity: mass('1800') };
        const altered = { ...unsigned, credentialSubject };
        return { certificate: await signDocument(sha256, altered, au.key, { created: au.now }) };
      },
    });
    const report = await inspect(forged);
    expect(failures(report)).toContain('release-matches-import');
    expect(checkNamed(report, 'release-matches-import').evidence.join()).toMatch(/not in the home/);
  });

  it('after the release was refused and the batch reopened at home', async () => {
    const evidence = await journey();
    const { au, us, australia, release, certificates } = evidence;
    await au.say(us.key, 'ImportRefusal', {
      batch: australia.oxide,
      release: { origin: au.origin, index: release.at.index, statement: release.signed.digest },
      reason: 'Declined at the border',
    });
    evidence.homeBundle = await bundleOf(au, certificates.oxide);
    const report = await inspect(evidence);
    expect(failures(report)).toEqual(['release-matches-import']);
    expect(checkNamed(report, 'release-matches-import').detail).toMatch(/refused/);
  });

  it('whose import names a release that is not there', async () => {
    const release = { origin: 'registry.au.example/log', index: 999, statement: 'ef'.repeat(32) };
    const report = await inspect(await journey({ import: () => ({ release }) }));
    expect(failures(report)).toContain('release-matches-import');
    expect(checkNamed(report, 'release-matches-import').detail).toMatch(/is not here/);
  });
});

async function suspendRecognition({ us, america }: Evidence): Promise<void> {
  await us.say(us.authority, 'StatusChange', {
    target: { kind: 'recognition', id: america.recognition },
    action: 'suspend',
    reason: 'Under review',
    effectiveFrom: ago(us, 0),
  });
}
