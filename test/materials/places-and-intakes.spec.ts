import { didOf, keyNamed, refusal } from '../support/recording-ledger.js';
import {
  accreditationSubject,
  batchId,
  composition,
  facilitySubject,
  intakeSubject,
  mass,
  originSubject,
  type Change,
} from '../support/statements.js';
import { Outback } from './outback.js';

const KALGOORLIE = `${didOf('separator')}/facilities/kalgoorlie`;

const found = (ledger: Outback, change: Change = {}, by = ['separator', 'authority']) =>
  ledger.say('separator', 'FacilityRegistration', facilitySubject(KALGOORLIE, ['cast'], change), {
    by,
  });

describe('registering a facility', () => {
  it('needs the authority of the country where it stands', () => {
    const ledger = new Outback();
    refusal(() => found(ledger, {}, ['separator']), 'signer-missing', '/proof');
    found(ledger);
    expect(ledger.state.get(`facility:${KALGOORLIE}`)).toMatchObject({ country: 'AU' });
  });

  it('abroad needs the authority there; the home authority does not speak for another country', () => {
    const ledger = new Outback();
    const abroad = { country: 'MY', subdivision: 'MY-06' };
    refusal(() => found(ledger, abroad), 'key-not-valid', '/proof');
    refusal(() => found(ledger, abroad, ['separator']), 'signer-missing', '/proof');
    ledger.party('myauthority', ['authority'], { country: 'MY' });
    found(ledger, abroad, ['separator', 'myauthority']);
  });

  it('is refused when the confirming authority’s key was revoked', () => {
    const ledger = new Outback();
    ledger.party('second', ['authority']);
    const revoked = {
      id: didOf('second'),
      publicKeyMultibase: keyNamed('second'),
      reason: 'lost',
      effectiveFrom: '2026-03-09T00:00:00Z',
    };
    ledger.say('authority', 'KeyRevocation', revoked);
    refusal(() => found(ledger, {}, ['separator', 'second']), 'key-not-valid', '/proof');
  });

  it('is refused twice, in another’s name, and with a subdivision of another country', () => {
    const ledger = new Outback();
    found(ledger);
    refusal(() => found(ledger), 'already-registered', '/credentialSubject/id');
    const id = `${didOf('miner')}/facilities/x`;
    refusal(() => found(ledger, { id }), 'not-issuer-scoped', '/credentialSubject/id');
    refusal(
      () => found(ledger, { id: `${KALGOORLIE}-2`, subdivision: 'CN-15' }),
      'schema-violation',
      '/credentialSubject/subdivision',
    );
  });

  it('is refused when a rated capacity is no mass of material', () => {
    const capacity = [{ step: 'cast', perYear: mass('1000', 'TNE', 'oxide-equivalent') }];
    const pointer = '/credentialSubject/capacity/0/perYear/basis';
    refusal(() => found(new Outback(), { capacity }), 'basis-mismatch', pointer);
  });
});

describe('an accreditation', () => {
  const id = `${didOf('accreditor')}/accreditations/L-9`;
  const give = (ledger: Outback, change: Change = {}, issuer = 'accreditor') =>
    ledger.say(issuer, 'Accreditation', accreditationSubject(id, didOf('laboratory'), change));

  it('is given by an accreditation body only', () => {
    refusal(() => give(new Outback(), {}, 'laboratory'), 'role-missing', '/issuer');
  });

  it('is refused twice, in another’s name, to a stranger, and when it ends before it begins', () => {
    const ledger = new Outback();
    give(ledger);
    refusal(() => give(ledger), 'already-registered', '/credentialSubject/id');
    const other = `${didOf('miner')}/accreditations/L-9`;
    refusal(() => give(ledger, { id: other }), 'not-issuer-scoped', '/credentialSubject/id');
    const next = { id: `${id}b` };
    refusal(
      () => give(ledger, { ...next, holder: didOf('nobody') }),
      'party-unknown',
      '/credentialSubject/holder',
    );
    refusal(
      () => give(ledger, { ...next, validUntil: '2025-12-31' }),
      'time-out-of-order',
      '/credentialSubject/validUntil',
    );
  });
});

describe('taking material in from outside', () => {
  const take = (ledger: Outback, change: Change = {}, holder = 'separator') =>
    ledger.intake(holder, ledger.works, 'FE-1', change);

  it('makes a batch that its holder owns, with the origins it claims and no others', () => {
    const ledger = new Outback();
    const origins = [
      { elements: ['Fe', 'Nd'], step: 'mine', country: 'AU' },
      { elements: ['Fe'], step: 'mine', country: 'AU' },
    ];
    const batch = ledger.batch(take(ledger, { origins }));
    expect(batch).toMatchObject({ owner: didOf('separator'), leftMg: '1000000000', flags: [] });
    expect(batch.origins).toEqual([{ elements: ['Fe'], step: 'mine', country: 'AU' }]);
  });

  it('is refused for a batch or a lot that exists, at another’s facility or in another’s name', () => {
    const ledger = new Outback();
    take(ledger);
    refusal(() => take(ledger), 'already-registered', '/credentialSubject/id');
    const again = () => ledger.intake('separator', ledger.works, 'FE-2', { lot: 'IN FE-1' });
    refusal(again, 'lot-already-registered', '/credentialSubject/lot');
    refusal(() => take(ledger, {}, 'miner'), 'not-operator', '/credentialSubject/facility');
    const id = batchId(didOf('miner'), 'FE-3');
    refusal(() => take(ledger, { id }), 'not-issuer-scoped', '/credentialSubject/id');
    const nowhere = () =>
      ledger.intake('separator', `${didOf('separator')}/facilities/none`, 'FE-4');
    refusal(nowhere, 'reference-unknown', '/credentialSubject/facility');
  });

  it('is refused when it names a supplier whom nobody knows, or a time to come', () => {
    const ledger = new Outback();
    refusal(
      () => take(ledger, { supplier: didOf('nobody') }),
      'party-unknown',
      '/credentialSubject/supplier',
    );
    refusal(
      () => take(ledger, { receivedAt: '2026-03-10T00:00:00.001Z' }),
      'time-in-future',
      '/credentialSubject/receivedAt',
    );
  });

  it('is refused for recycled shares that no material has', () => {
    const ledger = new Outback();
    const share = { element: 'Fe', preConsumer: '60', postConsumer: '40.1' };
    const at = '/credentialSubject/recycled/0';
    refusal(() => take(ledger, { recycled: [share] }), 'schema-violation', at);
    const nickel = { ...share, element: 'Ni' };
    refusal(() => take(ledger, { recycled: [nickel] }), 'schema-violation', `${at}/element`);
  });

  it('is flagged when its customs code is not that of the material, which refuses nothing', () => {
    const ledger = new Outback();
    const oxide = ledger.batch(ledger.oxide('O-1', { hsCode: '8505.11' }));
    expect(oxide.flags).toMatchObject([{ kind: 'hs-mismatch', batch: oxide.id }]);
    expect(ledger.batch(ledger.oxide('O-2', { hsCode: '2846.90' })).flags).toEqual([]);
    expect(ledger.batch(take(ledger, { hsCode: '7203.90' })).flags).toEqual([]);
  });

  it('is refused at a facility that is suspended', () => {
    const ledger = new Outback();
    const subject = {
      target: { kind: 'facility', id: ledger.works },
      action: 'suspend',
      reason: 'Licence lapsed.',
      effectiveFrom: '2026-03-09T00:00:00Z',
    };
    ledger.say('authority', 'StatusChange', subject);
    refusal(() => take(ledger), 'facility-not-licensed', '/credentialSubject/facility');
  });
});

describe('declaring an origin afterwards', () => {
  const supplied = (ledger: Outback) =>
    ledger.intake('separator', ledger.works, 'FE-1', { supplier: didOf('ironmonger') });

  it('is for the party that took it in, or the supplier that it named', () => {
    const ledger = new Outback();
    const iron = supplied(ledger);
    ledger.say('ironmonger', 'OriginDeclaration', originSubject(iron));
    const reduced = [{ elements: ['Fe'], step: 'reduce', country: 'JP' }];
    ledger.say('separator', 'OriginDeclaration', originSubject(iron, { origins: reduced }));
    expect(ledger.batch(iron).origins).toHaveLength(2);
    const stranger = () => ledger.say('miner', 'OriginDeclaration', originSubject(iron));
    refusal(stranger, 'not-issuer', '/issuer');
  });

  it('is refused for what was made on the ledger, and for what does not exist', () => {
    const ledger = new Outback();
    const declare = (batch: string) => () =>
      ledger.say('miner', 'OriginDeclaration', originSubject(batch));
    refusal(declare(ledger.concentrate()), 'reference-unknown', '/credentialSubject/batch');
    const nothing = batchId(didOf('miner'), 'none');
    refusal(declare(nothing), 'reference-unknown', '/credentialSubject/batch');
  });
});

describe('what a composition may say', () => {
  const take = (ledger: Outback, percents: Record<string, string>) => () =>
    ledger.say(
      'separator',
      'Intake',
      intakeSubject(batchId(didOf('separator'), 'X'), ledger.works, {
        composition: composition(percents),
      }),
    );

  it('not more than a hundred per cent, nor elements that do not exist', () => {
    const ledger = new Outback();
    const at = '/credentialSubject/composition';
    refusal(take(ledger, { Fe: '60', Co: '40.000001' }), 'schema-violation', at);
    refusal(take(ledger, { Xx2O3: '10' }), 'schema-violation', `${at}/0/substance`);
    take(ledger, { Fe: '60', Co: '40' })();
  });
});
