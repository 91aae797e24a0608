import type { Trust } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { inspectBundle, parseBundle, type CheckName } from '#lib/verification';
import { formatVerifierKey, parseCheckpoint, parseNote, parseTlogProof } from '#lib/tlog';
import type { Health } from '../../apps/registry/src/health/read-health.js';
import { bundleOf, certify, makeOxide, type Issued } from '../support/registry-journey.js';
import {
  listeningRegistry,
  logLine,
  until,
  witnessKey,
  witnessLine,
  writePolicy,
  type PublicRegistry,
} from '../support/witnesses.js';

describe('a verifier who demands witnesses of other jurisdictions', () => {
  let au: PublicRegistry;
  let us: PublicRegistry;
  let jp: PublicRegistry;
  let certificate: Issued;
  let bundle: Uint8Array;
  const absent = `witness br ${formatVerifierKey(witnessKey('br.registry.example/witness').key)}`;
  const health = async () => (await au.registry.http().get('/health/ready')).body as Health;
  const policyOf = (threshold: string) =>
    [
      witnessLine(us),
      witnessLine(jp),
      absent,
      `group abroad ${threshold} us jp br`,
      'quorum abroad',
    ]
      .map((line) => line.replace(/ http:\S+$/, ''))
      .join('\n');
  const trusting = async (witnessPolicy: string, more: Partial<Trust> = {}): Promise<Trust> => ({
    ...((await au.registry.http().get('/trust.json')).body as Trust),
    witnessPolicy: `${witnessPolicy}\n`,
    ...more,
  });
  const judge = async (trust: Trust, at = new Date(), bytes = bundle) => {
    const report = await inspectBundle(nodeCrypto, bytes, trust, { at: at.toISOString() });
    const check = (name: CheckName) => report.checks.find((each) => each.name === name)!;
    return { ...report, quorum: check('witness-quorum'), freshness: check('freshness') };
  };

  beforeAll(async () => {
    [au, us, jp] = (await Promise.all(
      ['AU', 'US', 'JP'].map((jurisdiction) => listeningRegistry({ jurisdiction })),
    )) as [PublicRegistry, PublicRegistry, PublicRegistry];
    for (const each of [us, jp]) writePolicy(each.registry, logLine(au), 'quorum none');
    writePolicy(
      au.registry,
      witnessLine(us),
      witnessLine(jp),
      'group both all us jp',
      'quorum both',
    );
    const { separator, oxide } = await makeOxide(au.registry);
    certificate = await certify(au.registry, separator, oxide);
    await until(health, ({ quorumSize, treeSize }) => quorumSize === treeSize);
    bundle = new Uint8Array(await bundleOf(au.registry, certificate));
  });
  afterAll(() => Promise.all([au, us, jp].map((each) => each?.registry.close())));

  it('accepts a bundle that two of three have cosigned, and learns when', async () => {
    const { accepted, quorum, asOf } = await judge(await trusting(policyOf('2')));
    expect([accepted, quorum.result]).toEqual([true, 'pass']);
    expect(quorum.evidence.join()).toMatch(/cosigned by us, jp/);
    const age = Date.now() - Date.parse(asOf[0]!.witnessedAt!);
    expect(age).toBeLessThan(60_000);
  });

  it('refuses it when all three must have', async () => {
    const { accepted, quorum } = await judge(await trusting(policyOf('all')));
    expect([accepted, quorum.result]).toEqual([false, 'fail']);
    expect(quorum.detail).toContain('"abroad" is not met');
  });

  it('does not count a key that is not the witness’s', async () => {
    const other = formatVerifierKey(witnessKey('us.registry.example/witness').key);
    const policy = policyOf('2').replace(/us\.registry\.example\/witness\S+/, other);
    const { accepted, quorum } = await judge(await trusting(policy));
    expect([accepted, quorum.result]).toEqual([false, 'fail']);
  });

  it('refuses it when the cosignatures are older than the verifier allows', async () => {
    const trust = await trusting(policyOf('2'), { maximumAgeSeconds: 600 });
    expect((await judge(trust)).freshness.result).toBe('pass');
    const later = await judge(trust, new Date(Date.now() + 3_600_000));
    expect([later.accepted, later.freshness.result]).toEqual([false, 'fail']);
  });

  it('gets the tree that both have seen, while one of them is away from a newer one', async () => {
    const { quorumSize } = await health();
    await jp.registry.stop();
    await au.registry.party('Later Mining', ['processor']);
    const { witnesses, treeSize } = await until(health, ({ witnesses }) => witnesses[0]!.lag === 0);
    expect(witnesses.map(({ lag }) => lag)).toEqual([0, 1]);
    expect(treeSize).toBe(quorumSize! + 1);
    const later = new Uint8Array(await bundleOf(au.registry, certificate));
    const sizes = parseBundle(later).records.map(({ proof }) => {
      const { checkpoint } = parseTlogProof(proof);
      return parseCheckpoint(parseNote(checkpoint).text).treeSize;
    });
    expect(new Set(sizes)).toEqual(new Set([quorumSize]));
    expect((await judge(await trusting(policyOf('2')), new Date(), later)).accepted).toBe(true);
    jp = await listeningRegistry({ like: jp.registry });
  });
});
