import { didOf, refusal } from '../support/recording-ledger.js';
import { facilitySubject } from '../support/statements.js';
import { Outback } from './outback.js';

describe('an issuer that did not sign', () => {
  it('has said nothing, though everybody has signed whose signature is asked for beside it', () => {
    const ledger = new Outback();
    const subject = facilitySubject(`${didOf('separator')}/facilities/west`, ['cast']);
    const attempt = () =>
      ledger.say('separator', 'FacilityRegistration', subject, { by: ['authority'] });
    refusal(attempt, 'key-not-valid', '/proof');
  });
});
