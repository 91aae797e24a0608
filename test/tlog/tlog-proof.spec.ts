import * as fc from 'fast-check';
import {
  buildInclusionProof,
  formatEntry,
  formatNote,
  formatTlogProof,
  frontierRoot,
  leafHash,
  NO_PREVIOUS,
  nodeHash,
  parseNote,
  parseTlogProof,
  policyOfLog,
  signCheckpoint,
  signCosignature,
  verifyEntryProof,
  verifyTlogProof,
  type NoteSigner,
  type TlogPolicy,
  type TlogProof,
} from '#lib/tlog';
import { problemOf, problemOfPromise } from './problems.js';
import { sha256, textLeaves } from './reference.js';
import { crypto, signerOf, witnessOf } from './signers.js';
import { TileStore } from './tile-store.js';

const ORIGIN = 'log.example/a';
const NOW = 1_800_000_000;
const log = signerOf(ORIGIN);
const [w1, w2] = [witnessOf('witness.example/w1'), witnessOf('witness.example/w2')];
const SIZE = 300;
const INDEX = 270;
const leaves = textLeaves(SIZE).with(
  INDEX,
  formatEntry({
    digest: 'ab'.repeat(32),
    index: INDEX,
    origin: ORIGIN,
    previous: 'cd'.repeat(32),
    recordedAt: '2026-11-22T02:38:25.123Z',
  }),
);
const leaf = leaves[INDEX]!;
const store = new TileStore();
store.append(leaves);
const checkpoint = {
  origin: ORIGIN,
  treeSize: SIZE,
  rootHash: frontierRoot(sha256, store.frontier),
};

function cosigned(note: string, witnesses: NoteSigner[], time = NOW): string {
  const { text, signatures } = parseNote(note);
  const lines = witnesses.map((witness) => signCosignature(text, witness, time));
  return formatNote({ text, signatures: [...signatures, ...lines] });
}

const proof: TlogProof = {
  index: INDEX,
  hashes: buildInclusionProof(sha256, INDEX, SIZE, store.read),
  checkpoint: cosigned(signCheckpoint(checkpoint, log), [w1, w2]),
};
const trust = policyOfLog(log.key);
const bothWitnesses: TlogPolicy = {
  ...trust,
  witnesses: [
    { name: 'norway', key: w1.key },
    { name: 'japan', key: w2.key },
  ],
  groups: [{ name: 'both', threshold: 2, members: ['norway', 'japan'] }],
  quorum: 'both',
};
const verify = (changed: Partial<TlogProof>, bytes = leaf, policy = trust) =>
  problemOfPromise(verifyTlogProof(crypto, { ...proof, ...changed }, bytes, policy));

describe('a tlog-proof as text', () => {
  const text = formatTlogProof(proof);

  test('is header, index, hashes, an empty line and the checkpoint', () => {
    const lines = text.split('\n');
    expect(lines.slice(0, 2)).toEqual(['c2sp.org/tlog-proof@v1', `index ${INDEX}`]);
    expect(lines[2 + proof.hashes.length]).toBe('');
    expect(text.endsWith(proof.checkpoint)).toBe(true);
    expect(parseTlogProof(text)).toEqual(proof);
  });

  test('of the only leaf has no hashes', () => {
    const single = { ...proof, index: 0, hashes: [] };
    expect(parseTlogProof(formatTlogProof(single))).toEqual(single);
  });

  test('that is written is read back', () => {
    const proofs = fc.record({
      index: fc.maxSafeNat(),
      hashes: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { maxLength: 63 }),
      checkpoint: fc.constant(proof.checkpoint),
      extra: fc.uint8Array(),
    });
    fc.assert(
      fc.property(proofs, (value) => {
        expect(parseTlogProof(formatTlogProof(value), { allowExtra: true })).toEqual(value);
      }),
    );
  });

  test('with extra data is refused unless the reader asks for what nothing authenticates', () => {
    const withExtra = formatTlogProof({ ...proof, extra: Uint8Array.of(1, 2, 3) });
    expect(problemOf(() => parseTlogProof(withExtra))).toBe('malformed-proof');
    expect(parseTlogProof(withExtra, { allowExtra: true }).extra).toEqual(Uint8Array.of(1, 2, 3));
  });

  test.each([
    ['without its header', text.replace('c2sp', 'c3sp')],
    ['of a later version', text.replace('@v1', '@v2')],
    ['without an index', text.replace(/index .*\n/, '')],
    ['with a negative index', text.replace('index 270', 'index -270')],
    ['with leading zeros', text.replace('index 270', 'index 0270')],
    ['with an index of 2^53', text.replace('index 270', 'index 9007199254740992')],
    ['with an index in words', text.replace('index 270', 'index notanumber')],
    ['with a hash of 64 bytes', text.replace('\n\n', `\n${'A'.repeat(86)}==\n\n`)],
    ['with a hash that is no base64', text.replace('\n\n', '\n!!notbase64!!\n\n')],
    ['with 64 hashes', text.replace('\n\n', `\n${`${'A'.repeat(43)}=\n`.repeat(60)}\n`)],
    ['with CRLF', text.replaceAll('\n', '\r\n')],
    ['without an empty line', text.replaceAll('\n\n', '\n')],
    ['with bad extra data', text.replace('index', 'extra !!\nindex')],
    ['with extra data after the index', text.replace(/(index .*\n)/, '$1extra AAAA\n')],
    ['of a megabyte', text + 'a'.repeat(1_000_000)],
  ])('%s is refused', (_what, source) => {
    expect(problemOf(() => parseTlogProof(source, { allowExtra: true }))).toBe('malformed-proof');
  });

  test('whose checkpoint is no note is refused', () => {
    const wrong = text.replace('—', '-');
    expect(problemOf(() => parseTlogProof(wrong))).toBe('malformed-note');
  });
});

describe('a tlog-proof', () => {
  test('holds for the entry it was made for', async () => {
    const { checkpoint: verified, entry } = await verifyEntryProof(crypto, proof, leaf, trust);
    expect(verified).toEqual(checkpoint);
    expect(entry.index).toBe(INDEX);
  });

  test('speaks for no other entry, index or number of hashes', async () => {
    expect(await verify({}, leaves[0]!)).toBe('inclusion-invalid');
    expect(await verify({ index: INDEX - 1 })).toBe('inclusion-invalid');
    expect(await verify({ index: SIZE })).toBe('inclusion-invalid');
    expect(await verify({ hashes: proof.hashes.slice(1) })).toBe('inclusion-invalid');
    expect(await verify({ hashes: [...proof.hashes, checkpoint.rootHash] })).toBe(
      'inclusion-invalid',
    );
  });

  test('cannot show an inner node as an entry', async () => {
    const [left, right] = [leafHash(sha256, leaves[268]!), leafHash(sha256, leaves[269]!)];
    const forged = Buffer.concat([Uint8Array.of(1), left, right]);
    expect(sha256(forged)).toEqual(nodeHash(sha256, left, right));
    const hashes = buildInclusionProof(sha256, 268, SIZE, store.read).slice(1);
    expect(await verify({ index: 134, hashes }, forged)).toBe('inclusion-invalid');
  });

  test('with an unsigned checkpoint, or one of a log we do not trust, proves nothing', async () => {
    const stranger = signerOf(ORIGIN, undefined, sha256(Uint8Array.of(1)));
    const unsigned = cosigned(signCheckpoint(checkpoint, stranger), [w1, w2]);
    expect(await verify({ checkpoint: unsigned })).toBe('checkpoint-invalid');
    expect(await verify({}, leaf, policyOfLog(signerOf('log.example/b').key))).toBe(
      'checkpoint-invalid',
    );
  });

  test('of one log does not speak for an entry of another', async () => {
    const other = signerOf('log.example/b');
    const replayed = signCheckpoint({ ...checkpoint, origin: 'log.example/b' }, other);
    const attempt = verifyEntryProof(
      crypto,
      { ...proof, checkpoint: replayed },
      leaf,
      policyOfLog(other.key),
    );
    expect(await problemOfPromise(attempt)).toBe('inclusion-invalid');
  });

  test('of an entry that calls itself by another index is refused', async () => {
    const liar = formatEntry({
      digest: 'ab'.repeat(32),
      index: 0,
      origin: ORIGIN,
      previous: NO_PREVIOUS,
      recordedAt: '2026-11-22T02:38:25.123Z',
    });
    const fork = new TileStore();
    fork.append(leaves.with(INDEX, liar));
    const rootHash = frontierRoot(sha256, fork.frontier);
    const forged = {
      index: INDEX,
      hashes: buildInclusionProof(sha256, INDEX, SIZE, fork.read),
      checkpoint: signCheckpoint({ ...checkpoint, rootHash }, log),
    };
    expect(await problemOfPromise(verifyTlogProof(crypto, forged, liar, trust))).toBe('none');
    expect(await problemOfPromise(verifyEntryProof(crypto, forged, liar, trust))).toBe(
      'inclusion-invalid',
    );
  });
});

describe('a tlog-proof under a policy with witnesses', () => {
  const under = (
    policy: TlogPolicy,
    note: string,
    freshness?: { now: number; maximumAgeSeconds: number },
  ) =>
    problemOfPromise(
      verifyTlogProof(crypto, { ...proof, checkpoint: note }, leaf, policy, freshness),
    );
  const signed = signCheckpoint(checkpoint, log);

  test('names the witnesses and groups that it rests on', async () => {
    const {
      quorum,
      cosignatures,
      log: key,
    } = await verifyTlogProof(crypto, proof, leaf, bothWitnesses);
    expect(key).toBe(log.key);
    expect(quorum).toEqual({ satisfied: true, witnesses: ['norway', 'japan'], groups: ['both'] });
    expect(cosignatures).toEqual([
      { name: 'norway', timestamp: NOW, fresh: true },
      { name: 'japan', timestamp: NOW, fresh: true },
    ]);
  });

  test('with too few witnesses is refused: a fork shown to half of them gains nothing', async () => {
    expect(await under(bothWitnesses, signed)).toBe('quorum-missing');
    expect(await under(bothWitnesses, cosigned(signed, [w1]))).toBe('quorum-missing');
    expect(await under(bothWitnesses, cosigned(signed, [w1, w1]))).toBe('quorum-missing');
    expect(await under(bothWitnesses, cosigned(signed, [w1, witnessOf('stranger')]))).toBe(
      'quorum-missing',
    );
  });

  test('with a forged line of a known witness is refused whole', async () => {
    const { text, signatures } = parseNote(cosigned(signed, [w1, w2]));
    const [own, first, second] = signatures;
    const forged = { ...first!, signature: second!.signature };
    const note = formatNote({ text, signatures: [own!, forged, second!] });
    expect(await under(bothWitnesses, note)).toBe('checkpoint-invalid');
  });

  test('that is older than the policy’s reader allows, or from the future, does not count', async () => {
    const freshness = { now: NOW, maximumAgeSeconds: 3600 };
    for (const [time, expected] of [
      [NOW - 3600, 'none'],
      [NOW - 3601, 'quorum-missing'],
      [NOW + 300, 'none'],
      [NOW + 301, 'quorum-missing'],
    ] as const) {
      expect(await under(bothWitnesses, cosigned(signed, [w1, w2], time), freshness)).toBe(
        expected,
      );
    }
    const halfStale = cosigned(cosigned(signed, [w1]), [w2], NOW - 9999);
    expect(await under(bothWitnesses, halfStale, freshness)).toBe('quorum-missing');
  });
});
