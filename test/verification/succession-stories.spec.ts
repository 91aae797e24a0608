import type { BundleRegistry, Trust } from '#lib/documents';
import { generateKey, nodeCrypto, signerOf } from '#lib/keys';
import { formatVerifierKey } from '#lib/tlog';
import { assembleBundle, formatBundle, inspectBundle } from '#lib/verification';
import { certify } from '../support/evidence.js';
import { australianOxide } from '../support/journey.js';
import { aLogSigner, sha256 } from '../support/memory-keys.js';
import { MemoryLog, type LogRecord } from '../support/memory-log.js';
import { checkNamed, failures } from '../support/report-reading.js';
import { succeed, successorOf, type SuccessionTurns } from '../support/successor-log.js';

const NEXT = 'registry.au.example/log/2027';

/** An Australian log with a certified oxide. */
async function certified() {
  const before = new MemoryLog('AU', 'registry.au.example', '2026-03-01T00:00:00.000Z');
  const { oxide } = await australianOxide(before);
  return { before, oxide, certificate: await certify(before, oxide) };
}

/** The same, and the log that succeeds it. */
async function succeeded(turns: SuccessionTurns = {}) {
  const story = await certified();
  const after = successorOf(story.before, NEXT);
  await succeed(after, story.before, turns);
  return { ...story, after };
}

const trustIn = (log: MemoryLog, logKey = log.logKey): Trust => ({
  type: 'LodestoneTrust',
  version: 1,
  registries: [{ ...log.trusted, logKey }],
});

/** A bundle of all that these logs hold, judged at the end. */
async function judge(
  logs: readonly MemoryLog[],
  certificate: LogRecord,
  trust: Trust,
  change: (block: BundleRegistry) => BundleRegistry = (block) => block,
) {
  const blocks = await Promise.all(logs.map(async (log) => change(await log.block())));
  const bundle = assembleBundle(sha256, {
    certificate: certificate.signed.digest,
    registry: blocks.at(-1)!,
    predecessors: blocks.slice(0, -1).map((block) => ({ ...block, statusLists: [] })),
    records: logs.flatMap((log) => log.parts()),
    disclosures: logs.flatMap(({ disclosures }) => disclosures),
  });
  return inspectBundle(nodeCrypto, formatBundle(bundle), trust, { at: logs.at(-1)!.now });
}

describe('a log that succeeds another', () => {
  it('is believed by whoever trusts either of them', async () => {
    const { before, after, certificate } = await succeeded();
    for (const log of [before, after]) {
      const report = await judge([before, after], certificate, trustIn(log));
      expect(failures(report)).toEqual([]);
      expect(report.accepted).toBe(true);
    }
  });

  it('carries on what was revoked, in whichever log that is said', async () => {
    const { before, after, certificate } = await succeeded();
    await after.say(after.key, 'StatusChange', {
      target: { kind: 'certificate', id: certificate.signed.statement.id },
      action: 'revoke',
      reason: 'The assay was of another batch.',
      effectiveFrom: after.now,
    });
    const report = await judge([before, after], certificate, trustIn(before));
    expect(failures(report)).toEqual(['not-revoked']);
  });

  it('is not believed when a stranger signs its genesis, whatever head it names', async () => {
    const by = signerOf(generateKey(), 'did:web:registry.au.example');
    const { before, after, certificate } = await succeeded({ by });
    const report = await judge([before, after], certificate, trustIn(before));
    expect(failures(report)).toContain('decisions-hold');
  });

  const heads: [string, Record<string, unknown>, string][] = [
    ['another root', { rootHash: 'ab'.repeat(32) }, 'another root'],
    ['fewer entries', { treeSize: 3 }, 'the frozen head has'],
    [
      'a key that has not signed it',
      { logKey: formatVerifierKey(aLogSigner('registry.au.example/log').key) },
      'the key that it names has not signed the frozen head',
    ],
  ];

  it.each(heads)('must name the very head that was frozen, not %s', async (_s, change, words) => {
    const { before, after, certificate } = await succeeded({ predecessor: change });
    const report = await judge([before, after], certificate, trustIn(before));
    expect(report.accepted).toBe(false);
    expect(checkNamed(report, 'checkpoint-signed').evidence.join()).toContain(words);
  });

  it('must name a head that the log before has signed', async () => {
    const stranger = new MemoryLog('AU', 'registry.au.example', '2026-03-01T00:00:00.000Z');
    const checkpoint = stranger.checkpoint();
    const { before, after, certificate } = await succeeded({ predecessor: { checkpoint } });
    const report = await judge([before, after], certificate, trustIn(before));
    expect(failures(report)).toContain('checkpoint-signed');
  });

  it('ends the one before: what that records afterwards is found out', async () => {
    const { before, after, certificate } = await succeeded();
    before.later(1);
    await before.party('Registered too late Pty Ltd', ['buyer']);
    const report = await judge([before, after], certificate, trustIn(before));
    const { result, evidence } = checkNamed(report, 'checkpoint-signed');
    expect(result).toBe('fail');
    expect(evidence.join()).toContain('went on to');
    expect(evidence.join()).toContain('lies beyond the frozen head');
    expect(evidence.join()).toContain('recorded later than the successor began');
  });

  it('is the only one', async () => {
    const { before, after, certificate } = await succeeded();
    const second = successorOf(before, 'registry.au.example/log/other');
    await succeed(second, before);
    const report = await judge([before, second, after], certificate, trustIn(before));
    expect(checkNamed(report, 'checkpoint-signed').evidence.join()).toContain('succeeds');
    expect(report.accepted).toBe(false);
  });

  it('cannot stand without the log that it succeeds', async () => {
    const { before, after } = await succeeded();
    const oxide = before.records.find(({ signed }) => signed.type === 'Certificate')!;
    const own = await after.say(after.key, 'Certificate', subjectOf(oxide), {
      lawless: true,
      members: membersOf(oxide),
    });
    const report = await judge([after], own, trustIn(after));
    expect(failures(report)).toEqual(expect.arrayContaining(['decisions-hold']));
  });
});

describe('a key of a log', () => {
  const rotate = (log: MemoryLog, logKey: string, at: string) =>
    log.say(log.key, 'KeyRotation', {
      id: log.registry,
      add: [],
      retire: [],
      logKeys: { add: [logKey], retire: [{ logKey: log.logKey, at }] },
    });

  it('does not count for what is recorded after its end', async () => {
    const { before, certificate } = await certified();
    const next = aLogSigner(before.origin);
    await rotate(before, formatVerifierKey(next.key), before.now);
    await before.party('Registered afterwards Pty Ltd', ['buyer']);
    const report = await judge([before], certificate, trustIn(before));
    expect(failures(report)).toContain('checkpoint-signed');
    expect(checkNamed(report, 'checkpoint-signed').detail).toContain('had ended');
  });

  it('leads to the next one only by what it has signed itself', async () => {
    const { before, certificate } = await certified();
    const [old, next] = [before.logSigner, aLogSigner(before.origin)];
    const oldKey = before.logKey;
    const { at } = await rotate(before, formatVerifierKey(next.key), before.now);
    const announced = before.proof(at.index);
    const named = await before.block();
    await before.party('Registered afterwards Pty Ltd', ['buyer']);
    Object.assign(before, { logSigner: next });
    const forged = before.proof(at.index);
    const judged = (proofs?: string[]) =>
      judge([before], certificate, trustIn(before, oldKey), (block) => ({
        ...block,
        logKey: named.logKey,
        ...(proofs ? { logKeyProofs: proofs } : {}),
      }));
    expect((await judged([announced])).accepted).toBe(true);
    expect(failures(await judged([forged]))).toContain('checkpoint-signed');
    expect(failures(await judged(['no proof at all']))).toContain('checkpoint-signed');
    expect(failures(await judged())).toContain('checkpoint-signed');
    expect(old.key).not.toBe(next.key);
  });
});

function subjectOf({ signed }: LogRecord): Record<string, unknown> {
  return signed.statement.credentialSubject as Record<string, unknown>;
}

function membersOf({ signed }: LogRecord): Record<string, unknown> {
  const { validUntil, credentialStatus } = signed.statement as Record<string, unknown> &
    LogRecord['signed']['statement'];
  const id = `${signed.statement.issuer}/certificates/${'9'.repeat(32)}`;
  return { id, validUntil, credentialStatus };
}
