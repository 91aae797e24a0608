import type { At, Opened, Signed, Statement, StatementType } from '#lib/documents';
import { comparePlaces } from './log-place.js';

/** A statement as it stands in a log. */
export interface Recorded {
  signed: Signed<Statement>;
  at: At;
}

/** A recorded statement of one type. */
export interface RecordedAs<T extends StatementType> {
  signed: Signed<Extract<Statement, { type: [string, T] }>>;
  at: At;
}

/** The statement's subject, with every blinded value opened. */
export type SubjectOf<T extends StatementType> = Opened<
  Extract<Statement, { type: [string, T] }>
>['credentialSubject'];

/** Whether a record is of that type. */
export function isOf<T extends StatementType>(
  record: Recorded,
  type: T,
): record is Recorded & RecordedAs<T> {
  return record.signed.statement.type[1] === type;
}

/** Those records that are of that type, in their order. */
export function recordsOf<T extends StatementType>(
  records: readonly Recorded[],
  type: T,
): (Recorded & RecordedAs<T>)[] {
  return records.filter((record): record is Recorded & RecordedAs<T> => isOf(record, type));
}

/** Records of one registry without repetition, in the order in which they were recorded. */
export function inLogOrder(records: Iterable<Recorded>): Recorded[] {
  const byPosition = new Map(
    [...records].map((each) => [`${each.at.origin} ${each.at.index}`, each]),
  );
  return [...byPosition.values()].sort((a, b) => comparePlaces(a.at, b.at));
}
