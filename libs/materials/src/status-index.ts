import type { Certificate, Opened, StateView, StateWrite } from '#lib/documents';
import { refuse } from '#lib/problem';
import { readState, writeState } from './state-key.js';

type StatusEntry = Opened<Certificate>['credentialStatus'][number];

/** State of one place in a status list: the certificate that has it, for good. */
interface StatusIndexState {
  certificate: string;
}

/** The state key of one place in the registry's Bitstring Status List of a purpose; decimal text. */
export const statusIndexKey = (purpose: string, index: string): string =>
  `status-index:${purpose}#${index}`;

/** The state keys of a certificate's places in the status lists. */
export function statusIndexKeys({ credentialStatus }: Opened<Certificate>): string[] {
  return credentialStatus.map(keyOf);
}

/** Throws `status-index-taken` at the entry whose place another certificate has. */
export function requireFreeIndexes(
  state: StateView,
  { credentialStatus }: Opened<Certificate>,
): void {
  for (const [i, entry] of credentialStatus.entries())
    if (readState<StatusIndexState>(state, keyOf(entry)))
      throw refuse(
        'status-index-taken',
        `The index ${entry.statusListIndex} of the ${entry.statusPurpose} list is taken.`,
        `/credentialStatus/${i}/statusListIndex`,
      );
}

/** Takes the places, so that no two certificates ever share a bit. */
export function takeIndexes(statement: Opened<Certificate>, certificate: string): StateWrite[] {
  const taken: StatusIndexState = { certificate };
  return statusIndexKeys(statement).map((key) => writeState(key, taken));
}

function keyOf({ statusPurpose, statusListIndex }: StatusEntry): string {
  return statusIndexKey(statusPurpose, statusListIndex);
}
