import type { Decider, FacilityRegistration, Opened } from '#lib/documents';
import { refuse } from '#lib/problem';
import type { FacilityState } from '../facility.js';
import { isValidAt, readKey, requireSigner, signerKeys, type KeyState } from '../key.js';
import { requireScope } from '../party.js';
import { parseMass } from '../quantity.js';
import { requireRegistry } from '../registry.js';
import { goodStanding } from '../standing.js';
import { aboutKey, facilityKey, readState, REGISTRY_KEY, writeState } from '../state-key.js';

/** A place where steps are done: its operator says so, and an authority of its country confirms. */
export const facilityRegistration: Decider<FacilityRegistration> = {
  touches(signed) {
    const { id } = signed.statement.credentialSubject;
    return [REGISTRY_KEY, facilityKey(id), aboutKey(id), ...signerKeys(signed)];
  },

  decide(state, signed, at) {
    const { id, country, subdivision } = signed.statement.credentialSubject;
    requireRegistry(state);
    const isAuthorityThere = (key: KeyState) =>
      key.roles.includes('authority') && key.country === country;
    requireSigner(state, signed, at, { admits: isAuthorityThere });
    requireScope(id, signed.statement.issuer, '/credentialSubject/id');
    if (readState(state, facilityKey(id)))
      throw refuse('already-registered', `${id} is registered.`, '/credentialSubject/id');
    if (subdivision && !subdivision.startsWith(`${country}-`))
      throw refuse(
        'schema-violation',
        `${subdivision} does not lie in ${country}.`,
        '/credentialSubject/subdivision',
      );
    const confirmed = signed.signers.some(({ publicKeyMultibase }) => {
      const key = readKey(state, publicKeyMultibase);
      return key && isAuthorityThere(key) && isValidAt(key, at.recordedAt);
    });
    if (!confirmed)
      throw refuse('signer-missing', `No authority of ${country} confirmed the place.`, '/proof');
    capacities(signed.statement); // each must be a mass
  },

  apply(_state, { statement, digest }) {
    const { id, country, subdivision, licensedSteps } = statement.credentialSubject;
    const facility: FacilityState = {
      ...goodStanding(),
      id,
      operator: statement.issuer,
      country,
      subdivision: subdivision ?? null,
      licensedSteps,
      capacityMg: capacities(statement),
      registered: digest,
    };
    return [writeState(facilityKey(id), facility)];
  },
};

function capacities({ credentialSubject }: Opened<FacilityRegistration>) {
  return credentialSubject.capacity.map(({ step, perYear }, i) => {
    const pointer = `/credentialSubject/capacity/${i}/perYear`;
    return { step, perYear: parseMass(perYear, 'down', pointer).massMg.toString() };
  });
}
