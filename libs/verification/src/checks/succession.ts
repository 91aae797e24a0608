import { toHex } from '#lib/documents';
import { isBefore, laterOf } from '#lib/materials';
import { formatVerifierKey, type OpenedCheckpoint } from '#lib/tlog';
import { headKey, type Case } from '../case.js';
import { exhibitsOf, type ExhibitOf } from '../exhibit.js';
import { nameOf, wordsOf } from '../finding.js';

/**
 * Checkpoints that only keys have signed whose time was over. A checkpoint has no time of its own: it
 * is judged at the time of the newest entry that the bundle proves by it.
 */
export function endedKeyFaults({ exhibits, heads }: Case): string[] {
  const ends = logKeyEnds(exhibits);
  if (ends.size === 0) return [];
  return [...heads].flatMap(([key, head]) => {
    if (head.problem) return [];
    const proved = exhibits.filter((exhibit) => headKey(exhibit) === key);
    const newest = proved.map(({ entry }) => entry.recordedAt).reduce(laterOf);
    const { checkpoint, signatures } = head.value;
    const signers = signatures
      .filter((signature) => signature.timestamp === undefined)
      .map((signature) => ends.get(formatVerifierKey(signature.key)));
    // The entry that ends a key at once is still the first that is proved under it alone.
    const isOver = (end: string | undefined) => end !== undefined && isBefore(end, newest);
    if (!signers.every(isOver)) return [];
    return [
      `Checkpoint ${checkpoint.treeSize} of ${checkpoint.origin} covers ${newest}, when every key that signed it had ended.`,
    ];
  });
}

/** What is wrong with how logs succeed each other, as their geneses say and the old heads show. */
export function successionFaults(opened: Case, checkpoints: readonly OpenedCheckpoint[]): string[] {
  return [...opened.frozenHeads].flatMap(([genesis, head]) => {
    if (head.problem) return [`${nameOf(genesis)}, its predecessor: ${wordsOf(head.problem)}`];
    const faults = [
      ...headFaults(genesis, head.value),
      ...growthFaults(opened, genesis, checkpoints),
    ];
    return faults.map((fault) => `${nameOf(genesis)}: ${fault}.`);
  });
}

function headFaults(
  { opened }: ExhibitOf<'RegistryGenesis'>,
  { checkpoint, signatures }: OpenedCheckpoint,
): string[] {
  const { origin, treeSize, rootHash, logKey } = opened.credentialSubject.predecessor!;
  const demands: [boolean, string][] = [
    [checkpoint.origin === origin, `the frozen head is of ${checkpoint.origin}`],
    [checkpoint.treeSize === treeSize, `the frozen head has ${checkpoint.treeSize} entries`],
    [toHex(checkpoint.rootHash) === rootHash, 'the frozen head has another root'],
    [
      signatures.some(({ key }) => formatVerifierKey(key) === logKey),
      'the key that it names has not signed the frozen head',
    ],
  ];
  return demands.filter(([holds]) => !holds).map(([, fault]) => fault);
}

/** A frozen log has nothing beyond its head, and nothing in it is as late as its successor. */
function growthFaults(
  { exhibits, frozenHeads }: Case,
  genesis: ExhibitOf<'RegistryGenesis'>,
  checkpoints: readonly OpenedCheckpoint[],
): string[] {
  const { origin, treeSize, rootHash } = genesis.opened.credentialSubject.predecessor!;
  const others = [...frozenHeads.keys()].filter(
    (each) => each !== genesis && each.opened.credentialSubject.predecessor?.origin === origin,
  );
  const heads = checkpoints.filter(({ checkpoint }) => checkpoint.origin === origin);
  const before = exhibits.filter((exhibit) => exhibit.origin === origin);
  return [
    ...others.map((other) => `${nameOf(other)} succeeds ${origin} as well`),
    ...heads
      .filter(({ checkpoint }) => checkpoint.treeSize > treeSize)
      .map(({ checkpoint }) => `${origin} went on to ${checkpoint.treeSize} entries`),
    ...heads
      .filter(({ checkpoint }) => checkpoint.treeSize === treeSize)
      .filter(({ checkpoint }) => toHex(checkpoint.rootHash) !== rootHash)
      .map(() => `${origin} has another root at the size at which it was frozen`),
    ...before
      .filter(({ entry }) => entry.index >= treeSize)
      .map((exhibit) => `${nameOf(exhibit)} lies beyond the frozen head`),
    ...before
      .filter(({ entry }) => entry.recordedAt >= genesis.entry.recordedAt)
      .map((exhibit) => `${nameOf(exhibit)} was recorded later than the successor began`),
  ];
}

/** By verifier key: from when it does not count. Like any retirement, this never reaches back. */
function logKeyEnds(exhibits: Case['exhibits']): ReadonlyMap<string, string> {
  const ends = exhibitsOf(exhibits, 'KeyRotation').flatMap(({ opened, entry }) =>
    (opened.credentialSubject.logKeys?.retire ?? []).map(
      ({ logKey, at }) => [logKey, laterOf(at, entry.recordedAt)] as const,
    ),
  );
  return new Map(ends);
}
