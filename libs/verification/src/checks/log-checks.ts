import { toHex, type Sha256 } from '#lib/documents';
import type { Problem } from '#lib/problem';
import { evaluateQuorum, verifyInclusion, type OpenedCheckpoint } from '#lib/tlog';
import { headKey, type Case } from '../case.js';
import { endedKeyFaults, successionFaults } from './succession.js';
import type { Exhibit } from '../exhibit.js';
import { cannotTell, count, fail, nameOf, pass, unlessFaults, wordsOf } from '../finding.js';
import type { Finding } from '../report.js';
import { settle, type Verified } from '../verified.js';

const END_OF_YEAR_9999 = 253_402_300_799;

/**
 * Every checkpoint is signed by a trusted key of its log that had not ended, no size has two roots,
 * and every successor log begins at the head at which the log before was frozen.
 */
export function inspectCheckpoints(opened: Case): Finding {
  const { heads } = opened;
  const faults = [...heads.values()].flatMap(({ problem }) => (problem ? [wordsOf(problem)] : []));
  const checkpoints = openedOf(heads.values());
  return unlessFaults(
    [
      ...faults,
      ...forks(checkpoints),
      ...endedKeyFaults(opened),
      ...successionFaults(opened, checkpoints),
    ],
    `${count(heads.size, 'checkpoint')}: the verdict is as at them, and says nothing of what came later.`,
    checkpoints.map(describeHead),
  );
}

/** The trust file's quorum of witnesses has cosigned every checkpoint. */
export function inspectQuorum({ policy, heads }: Case): Finding {
  if (policy === undefined)
    return cannotTell(
      'The trust file names no witnesses, so a registry that shows two people two logs would not be noticed.',
      'Add a witness policy (C2SP tlog-policy) to the trust file.',
    );
  if (policy.problem) return fail(wordsOf(policy.problem), [], 'Correct the trust file.');
  const { witnesses, quorum } = policy.value;
  const faults: string[] = [];
  const evidence: string[] = [];
  for (const head of openedOf(heads.values())) {
    const names = witnesses
      .filter(({ key }) => head.signatures.some((signature) => signature.key === key))
      .map(({ name }) => name);
    const line = `${describeHead(head)}: cosigned by ${names.join(', ') || 'no witness'}`;
    const { satisfied } = evaluateQuorum(policy.value, names);
    (satisfied ? evidence : faults).push(line);
  }
  if (faults.length > 0) return fail(`The quorum "${quorum}" is not met. ${faults[0]}`, faults);
  if (quorum === undefined)
    return cannotTell('The witness policy asks for no quorum.', 'Name a quorum in it.', evidence);
  return pass(`The quorum "${quorum}" has cosigned every checkpoint.`, evidence);
}

/** Every entry is proved, by the log's own hashes, to be under a checkpoint that the log signed. */
export function inspectInclusion(sha256: Sha256, { exhibits, heads }: Case): Finding {
  const faults = exhibits.flatMap((exhibit) => {
    const head = heads.get(headKey(exhibit));
    if (head === undefined || head.problem) return [];
    const problem = inclusionProblem(sha256, exhibit, head.value);
    return problem ? [`${nameOf(exhibit)}: ${wordsOf(problem)}`] : [];
  });
  return unlessFaults(
    faults,
    `${count(exhibits.length, 'statement')} proved to be in the logs.`,
    exhibits.map(nameOf),
  );
}

/** What an entry says of origin, index and statement is so, and neighbours chain to each other. */
export function inspectEntries({ exhibits }: Case): Finding {
  const faults = exhibits.flatMap((exhibit, i) => {
    const before = exhibits[i - 1];
    const wrong = entryFault(exhibit) ?? (before && chainFault(before, exhibit));
    return wrong ? [`${nameOf(exhibit)}: ${wrong}.`] : [];
  });
  return unlessFaults(faults, 'Every entry commits to the statement beside it.');
}

/** The newest checkpoint of a log that its key has signed; undefined when none is. */
export function newestHead({ heads }: Case, origin: string): OpenedCheckpoint | undefined {
  let newest: OpenedCheckpoint | undefined;
  for (const head of openedOf(heads.values())) {
    const { checkpoint } = head;
    if (checkpoint.origin !== origin) continue;
    if (!newest || checkpoint.treeSize > newest.checkpoint.treeSize) newest = head;
  }
  return newest;
}

/** POSIX seconds of the newest cosignature that verified, if one has a date that can be written. */
export function witnessedAt({ signatures }: OpenedCheckpoint): number | undefined {
  const times = signatures
    .flatMap(({ timestamp }) => timestamp ?? [])
    .filter((time) => time <= END_OF_YEAR_9999);
  return times.length === 0 ? undefined : Math.max(...times);
}

function openedOf(heads: Iterable<Verified<OpenedCheckpoint>>): OpenedCheckpoint[] {
  return [...heads].flatMap((head) => (head.problem ? [] : [head.value]));
}

function inclusionProblem(
  sha256: Sha256,
  { proof, leafHash }: Exhibit,
  { checkpoint: { treeSize, rootHash } }: OpenedCheckpoint,
): Problem | undefined {
  const { index, hashes } = proof;
  return settle(() =>
    verifyInclusion(sha256, { index, treeSize, leafHash, rootHash, proof: hashes }),
  ).problem;
}

function entryFault({ entry, origin, proof, digest }: Exhibit): string | undefined {
  if (entry.origin !== origin) return `the entry is of the log ${entry.origin}`;
  if (entry.index !== proof.index) return `its proof is for index ${proof.index}`;
  if (entry.digest !== digest) return `the entry commits to another statement, ${entry.digest}`;
  return undefined;
}

function chainFault(before: Exhibit, exhibit: Exhibit): string | undefined {
  if (before.origin !== exhibit.origin) return undefined;
  if (exhibit.entry.recordedAt < before.entry.recordedAt)
    return 'it was recorded before an earlier entry';
  const isNext = exhibit.entry.index === before.entry.index + 1;
  if (isNext && exhibit.entry.previous !== toHex(before.leafHash))
    return 'it does not chain to the entry before it';
  return undefined;
}

function forks(heads: readonly OpenedCheckpoint[]): string[] {
  return heads.flatMap(({ checkpoint }, i) => {
    const { origin, treeSize, rootHash } = checkpoint;
    const other = heads
      .slice(0, i)
      .find((head) => head.checkpoint.origin === origin && head.checkpoint.treeSize === treeSize);
    if (other === undefined || toHex(other.checkpoint.rootHash) === toHex(rootHash)) return [];
    return [`${origin} has signed two roots for size ${treeSize}: the log has forked.`];
  });
}

function describeHead({ checkpoint: { origin, treeSize, rootHash } }: OpenedCheckpoint): string {
  return `checkpoint ${treeSize} of ${origin}, root ${toHex(rootHash)}`;
}
