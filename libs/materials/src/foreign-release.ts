import type { LogPosition, StateView } from '#lib/documents';
import { refuse } from '#lib/problem';
import { readState } from './state-key.js';

/** State of a release of another log that was imported here: it is spent. */
export interface ImportState {
  batch: string;
  /** Digest of the import. */
  statement: string;
}

/** State of a release of another log that was declined here, for good. */
export interface DeclinedState {
  /** Digest of the ImportRefusal. */
  statement: string;
}

/** The state key of one release of another log once it is imported, by its place there. */
export const importKey = (origin: string, index: number): string => `import:${origin}#${index}`;

/**
 * The state key of one release of another log once it is declined. Nobody has proved the place of
 * what is declined, so the statement is part of the name: declining a made-up release at the place of
 * a real one leaves the real one open.
 */
export const declinedKey = ({ origin, index, statement }: LogPosition): string =>
  `declined:${origin}#${index}|${statement}`;

/** Throws `release-already-imported` or `release-declined` unless the release is still open here. */
export function requireOpenRelease(state: StateView, release: LogPosition): void {
  const pointer = '/credentialSubject/release';
  const spent = readState<ImportState>(state, importKey(release.origin, release.index));
  if (spent)
    throw refuse('release-already-imported', `It was imported as ${spent.batch}.`, pointer, {
      extensions: { batch: spent.batch },
    });
  const declined = readState<DeclinedState>(state, declinedKey(release));
  if (declined)
    throw refuse('release-declined', `This registry declined it: ${declined.statement}.`, pointer, {
      extensions: { refusal: declined.statement },
    });
}
