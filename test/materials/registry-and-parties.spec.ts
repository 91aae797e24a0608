import { MATERIAL_DECIDERS } from '#lib/materials';
import { didOf, keyNamed, RecordingLedger, refusal } from '../support/recording-ledger.js';
import { intakeSubject, offerSubject, mass, partySubject } from '../support/statements.js';
import { genesisSubject, Outback, REGISTRY, REGISTRY_KEY_NAME } from './outback.js';

const emptyLedger = () =>
  new RecordingLedger('registry.au.example/log', '2026-03-10T00:00:00.000Z');

describe('the genesis of a log', () => {
  const begin = (change = {}, by = [REGISTRY_KEY_NAME], issuer = REGISTRY) =>
    emptyLedger().say(issuer, 'RegistryGenesis', genesisSubject(change), { by });

  it('begins the log and registers the authority', () => {
    const { signed } = begin();
    expect(MATERIAL_DECIDERS.RegistryGenesis.touches(signed as never)).toContain('registry');
  });

  it('is refused a second time', () => {
    const ledger = new Outback();
    const again = () =>
      ledger.say(REGISTRY, 'RegistryGenesis', genesisSubject(), { by: [REGISTRY_KEY_NAME] });
    refusal(again, 'already-registered', '/credentialSubject/id');
  });

  it('is refused when another registry issues it', () => {
    refusal(() => begin({}, undefined, 'did:web:elsewhere.example'), 'not-issuer', '/issuer');
  });

  it('is refused in the log of another origin', () => {
    const attempt = () => begin({ origin: 'elsewhere.example/log' });
    refusal(attempt, 'reference-unknown', '/credentialSubject/origin');
  });

  it('is refused unless every key it names has signed', () => {
    refusal(() => begin({}, ['stranger']), 'signer-missing', '/credentialSubject/keys/0');
  });

  it('is refused when a key that it does not name has signed too', () => {
    refusal(() => begin({}, [REGISTRY_KEY_NAME, 'stranger']), 'key-not-valid', '/proof');
  });

  it('is refused when the authority would sign with the registry’s own key', () => {
    const attempt = () => begin({ authority: didOf(REGISTRY_KEY_NAME) });
    refusal(attempt, 'already-registered', '/credentialSubject/authority');
  });

  it('must come before everything else', () => {
    const attempt = () =>
      emptyLedger().say('authority', 'PartyRegistration', partySubject(didOf('a'), 'A', ['buyer']));
    refusal(attempt, 'reference-unknown', '/issuer');
  });
});

describe('registering a party', () => {
  it('is the authority’s alone', () => {
    const ledger = new Outback();
    const subject = partySubject(didOf('newcomer'), 'Newcomer', ['processor']);
    const attempt = () =>
      ledger.say('miner', 'PartyRegistration', subject, { by: ['miner', 'newcomer'] });
    refusal(attempt, 'role-missing', '/issuer');
  });

  it('is refused to the authority of another jurisdiction, which only confirms its own places', () => {
    const ledger = new Outback();
    ledger.party('usauthority', ['authority'], { country: 'US' });
    const subject = partySubject(didOf('newcomer'), 'Newcomer', ['processor']);
    const attempt = () =>
      ledger.say('usauthority', 'PartyRegistration', subject, { by: ['usauthority', 'newcomer'] });
    refusal(attempt, 'role-missing', '/issuer');
  });

  it('is refused when a key has not signed: nobody registers a key it does not hold', () => {
    const ledger = new Outback();
    const subject = partySubject(didOf('newcomer'), 'Newcomer', ['buyer']);
    const attempt = () => ledger.say('authority', 'PartyRegistration', subject);
    refusal(attempt, 'signer-missing', '/credentialSubject/keys/0');
  });

  it('is refused twice, and so is a key that another party has', () => {
    const ledger = new Outback();
    refusal(() => ledger.party('miner', ['buyer']), 'already-registered', '/credentialSubject/id');
    const keys = [keyNamed('newcomer'), keyNamed('miner')];
    const subject = partySubject(didOf('newcomer'), 'Newcomer', ['buyer'], { keys });
    const attempt = () =>
      ledger.say('authority', 'PartyRegistration', subject, {
        by: ['authority', 'newcomer', 'miner'],
      });
    refusal(attempt, 'already-registered', '/credentialSubject/keys/1');
  });

  it('is refused when the party is not named after its first key', () => {
    const ledger = new Outback();
    const keys = [keyNamed('other')];
    const subject = partySubject(didOf('newcomer'), 'Newcomer', ['buyer'], { keys });
    const attempt = () =>
      ledger.say('authority', 'PartyRegistration', subject, { by: ['authority', 'other'] });
    refusal(attempt, 'not-issuer-scoped', '/credentialSubject/keys/0');
  });
});

describe('who may sign', () => {
  it('nobody whom the authority has not registered', () => {
    const ledger = new Outback();
    const attempt = () =>
      ledger.say(
        'stranger',
        'Intake',
        intakeSubject(`${didOf('stranger')}/batches/X`, ledger.works),
      );
    refusal(attempt, 'party-unknown', '/issuer');
  });

  it('nobody in another party’s name', () => {
    const ledger = new Outback();
    const subject = intakeSubject(`${didOf('separator')}/batches/X`, ledger.works);
    refusal(
      () => ledger.say('separator', 'Intake', subject, { by: ['miner'] }),
      'key-not-valid',
      '/proof',
    );
  });

  it('nobody besides, for a stranger’s proof would make a second statement of the same words', () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    const subject = offerSubject(oxide, didOf('magnetmaker'), mass('10'));
    const offer = ledger.say('separator', 'HandoverOffer', subject).signed.digest;
    ledger.answer('magnetmaker', offer, oxide, { newBatch: `${didOf('magnetmaker')}/batches/P` });
    for (const other of ['miner', 'nobody'])
      refusal(
        () => ledger.say('separator', 'HandoverOffer', subject, { by: ['separator', other] }),
        'key-not-valid',
        '/proof',
      );
    const forged = () => ledger.say('separator', 'HandoverOffer', subject, { by: ['nobody'] });
    refusal(forged, 'key-not-valid', '/proof');
  });
});
