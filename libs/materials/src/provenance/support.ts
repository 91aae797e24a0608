import type { StatementType } from '#lib/documents';
import { isOf, type Recorded } from '../recorded.js';
import { aboutKey, partyKey } from '../state-key.js';
import type { History } from './material.js';

/** Statements on which others rest: who is who, which place, under which accreditation. */
const SUPPORT: ReadonlySet<StatementType> = new Set<StatementType>([
  'RegistryGenesis',
  'PartyRegistration',
  'KeyRotation',
  'KeyRevocation',
  'FacilityRegistration',
  'Accreditation',
  'Recognition',
  'StatusChange',
]);

/**
 * The statements on which the given ones rest: the parties and keys that signed them or that they
 * name, facilities, accreditations and recognitions, each with its changes, up to the genesis.
 */
export async function gatherSupport(
  read: History,
  records: readonly Recorded[],
): Promise<Recorded[]> {
  const support = new Map<string, Recorded>();
  const asked = new Set<string>();
  let latest: readonly Recorded[] = records;
  for (;;) {
    const keys = [...new Set(latest.flatMap(restsOn))].filter((key) => !asked.has(key));
    if (keys.length === 0) return [...support.values()];
    for (const key of keys) asked.add(key);
    const found = await read.history(keys);
    latest = found.filter(
      ({ signed }) => SUPPORT.has(signed.statement.type[1]) && !support.has(signed.digest),
    );
    for (const record of latest) support.set(record.signed.digest, record);
  }
}

/** The state keys of what a statement rests on. */
function restsOn(record: Recorded): string[] {
  const { statement, signers } = record.signed;
  const about = signers.map(({ publicKeyMultibase }) => publicKeyMultibase);
  const parties: string[] = [statement.issuer];
  if (isOf(record, 'MakeEvent')) about.push(record.signed.statement.credentialSubject.facility);
  if (isOf(record, 'Intake')) {
    const { facility, supplier } = record.signed.statement.credentialSubject;
    about.push(facility);
    if (supplier !== undefined) parties.push(supplier);
  }
  if (isOf(record, 'Import')) {
    const { facility, recognition } = record.signed.statement.credentialSubject;
    about.push(recognition, ...(facility === undefined ? [] : [facility]));
  }
  if (isOf(record, 'Assay')) about.push(record.signed.statement.credentialSubject.accreditation);
  if (isOf(record, 'Accreditation')) parties.push(record.signed.statement.credentialSubject.holder);
  if (isOf(record, 'HandoverOffer')) parties.push(record.signed.statement.credentialSubject.to);
  return [...about.map(aboutKey), ...parties.map(partyKey)];
}
