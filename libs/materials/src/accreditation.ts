import type { Form, StateView } from '#lib/documents';
import { refuse } from '#lib/problem';
import { stoodOn, type Standing } from './standing.js';
import { accreditationKey, readState } from './state-key.js';

/** State of an accreditation. Judged at the date of the test, not of the recording. */
export interface AccreditationState extends Standing {
  id: string;
  issuer: string;
  holder: string;
  standard: string;
  scope: { methods: string[]; forms: Form[] };
  /** RFC 3339 full-dates, both included. */
  validFrom: string;
  validUntil: string;
  /** Digest of the statement that gave it. */
  given: string;
}

/** What a laboratory did under an accreditation it cites. */
export interface AccreditedWork {
  holder: string;
  method: string;
  form: Form;
  /** RFC 3339 full-date. */
  on: string;
}

/**
 * The accreditation, when it covers the work: held by that party, in good standing on that date, its
 * scope covering method and form. Throws `reference-unknown`, `accreditation-not-valid` or
 * `accreditation-out-of-scope`, with the pointer of the field at fault.
 */
export function requireAccreditation(
  state: StateView,
  id: string,
  { holder, method, form, on }: AccreditedWork,
): AccreditationState {
  const cited = '/credentialSubject/accreditation';
  const found = readState<AccreditationState>(state, accreditationKey(id));
  if (!found) throw refuse('reference-unknown', `${id} is not registered here.`, cited);
  if (found.holder !== holder)
    throw refuse('accreditation-not-valid', `${id} was given to ${found.holder}.`, cited);
  const { validFrom, validUntil, scope } = found;
  const tested = '/credentialSubject/testedOn';
  if (on < validFrom || validUntil < on)
    throw refuse(
      'accreditation-not-valid',
      `${id} is valid from ${validFrom} to ${validUntil}, not on ${on}.`,
      tested,
    );
  if (!stoodOn(found, on))
    throw refuse('accreditation-not-valid', `${id} was suspended or revoked on ${on}.`, tested);
  if (!scope.methods.includes(method))
    throw refuse(
      'accreditation-out-of-scope',
      `${id} does not cover the method ${method}.`,
      '/credentialSubject/method',
    );
  if (!scope.forms.includes(form))
    throw refuse(
      'accreditation-out-of-scope',
      `${id} does not cover material in the form ${form}.`,
      '/credentialSubject/batch',
    );
  return found;
}
