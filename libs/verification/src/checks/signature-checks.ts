import { isBefore } from '#lib/materials';
import type { Case } from '../case.js';
import { exhibitsOf, type Exhibit } from '../exhibit.js';
import { count, nameOf, unlessFaults, wordsOf } from '../finding.js';
import { keyEnds, type KeyEnd } from '../lookup.js';
import type { Finding } from '../report.js';

/** Every proof of every statement verifies (VC Data Integrity EdDSA 1.0 §3.3). */
export function inspectSignatures({ exhibits, signers }: Case): Finding {
  const faults = exhibits.flatMap((exhibit) => {
    const { problem } = signers.get(exhibit)!;
    return problem ? [`${nameOf(exhibit)}: ${wordsOf(problem)}`] : [];
  });
  return unlessFaults(faults, `${count(exhibits.length, 'statement')}, every signature verifies.`);
}

/**
 * The ledger decided on what it knew; this looks back. A key, an accreditation or a licence that was
 * ended from a time before it was used takes with it what rests on it.
 */
export function inspectLaterRevocations(opened: Case): Finding {
  const faults = [...new Set(opened.histories.values())].flatMap(({ exhibits }) => {
    const ends = keyEnds(exhibits);
    const byKey = exhibits.flatMap((exhibit) => keyFaults(opened, exhibit, ends));
    return [...byKey, ...withdrawnFaults(exhibits)];
  });
  return unlessFaults(
    faults,
    'As at the checkpoints, nothing that the statements rest on was taken back from before its use.',
  );
}

function keyFaults({ signers }: Case, exhibit: Exhibit, ends: readonly KeyEnd[]): string[] {
  const verified = signers.get(exhibit)!;
  if (verified.problem) return [];
  const keys = verified.value.map(({ publicKeyMultibase }) => publicKeyMultibase);
  return ends
    .filter(({ publicKeyMultibase }) => keys.includes(publicKeyMultibase))
    .filter(({ from, by }) => by !== exhibit && isSince(from, exhibit.entry.recordedAt))
    .map(({ publicKeyMultibase, from, by }) => {
      const until = `${publicKeyMultibase} does not count from ${from}`;
      return `${nameOf(exhibit)} was recorded at ${exhibit.entry.recordedAt}, but its key ${until}, says ${nameOf(by)}.`;
    });
}

/** What was suspended or revoked, by a later word, from a time at which something rested on it. */
function withdrawnFaults(log: readonly Exhibit[]): string[] {
  const uses = [
    ...exhibitsOf(log, 'Assay').map((exhibit) => {
      const { accreditation, testedOn } = exhibit.opened.credentialSubject;
      return { exhibit, id: accreditation, at: `${testedOn}T23:59:59Z` };
    }),
    ...exhibitsOf(log, 'MakeEvent').map((exhibit) => {
      const { facility, end } = exhibit.opened.credentialSubject;
      return { exhibit, id: facility, at: end };
    }),
  ];
  const changes = exhibitsOf(log, 'StatusChange').filter(({ opened }) =>
    ['suspend', 'revoke'].includes(opened.credentialSubject.action),
  );
  return changes.flatMap((change) => {
    const { target, effectiveFrom, action } = change.opened.credentialSubject;
    return uses
      .filter(({ id, at }) => id === target.id && isSince(effectiveFrom, at))
      .filter(({ exhibit }) => log.indexOf(exhibit) < log.indexOf(change))
      .map(({ exhibit }) => {
        const ended = action === 'suspend' ? 'suspended' : 'revoked';
        const what = `${target.kind} ${target.id}, ${ended} from ${effectiveFrom}`;
        return `${nameOf(exhibit)} rests on ${what} by ${nameOf(change)}.`;
      });
  });
}

function isSince(from: string, at: string): boolean {
  return !isBefore(at, from);
}
