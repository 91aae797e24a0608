import { isOf, type Recorded } from '../recorded.js';

/** The ids of the batches that a statement makes: by an event, an intake, a handover, an import. */
export function madeBy(record: Recorded): string[] {
  if (isOf(record, 'MakeEvent'))
    return record.signed.statement.credentialSubject.outputs.map(({ id }) => id);
  if (isOf(record, 'Intake') || isOf(record, 'Import'))
    return [record.signed.statement.credentialSubject.id];
  if (!isOf(record, 'HandoverAnswer')) return [];
  const { answer, newBatch } = record.signed.statement.credentialSubject;
  return answer === 'accepted' && newBatch !== undefined ? [newBatch] : [];
}

/** The ids of the batches of this log from which a statement makes others. */
export function takenBy(record: Recorded): string[] {
  if (isOf(record, 'MakeEvent'))
    return record.signed.statement.credentialSubject.inputs.map(({ batch }) => batch);
  if (!isOf(record, 'HandoverAnswer') || madeBy(record).length === 0) return [];
  return [record.signed.statement.credentialSubject.batch];
}

/** Whether the statement moves the whole batch, which keeps its name. */
export function movesWhole(record: Recorded, batch: string): boolean {
  if (!isOf(record, 'HandoverAnswer')) return false;
  const subject = record.signed.statement.credentialSubject;
  return subject.batch === batch && subject.answer === 'accepted' && subject.newBatch === undefined;
}

/** The statement that made the batch, among these. */
export function makerOf(records: readonly Recorded[], batch: string): Recorded | undefined {
  return records.find((record) => madeBy(record).includes(batch));
}
