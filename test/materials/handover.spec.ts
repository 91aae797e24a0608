import { didOf, refusal } from '../support/recording-ledger.js';
import { answerSubject, batchId, mass, statusSubject, type Change } from '../support/statements.js';
import { Outback, separatorBatch } from './outback.js';

const PART = batchId(didOf('magnetmaker'), 'P-1');

/** A tonne of oxide at the separator’s, offered to the magnet maker. */
function offered(kilograms = '1000', change: Change = {}) {
  const ledger = new Outback();
  const oxide = ledger.oxide();
  const offer = ledger.offer('separator', 'magnetmaker', oxide, mass(kilograms), change);
  return { ledger, oxide, offer };
}

describe('offering custody', () => {
  const attempt = (change: Change, ledger = new Outback(), by = 'separator') => {
    const oxide = ledger.oxide();
    return () => ledger.offer(by, 'magnetmaker', oxide, mass('10'), change);
  };
  const at = (field: string) => `/credentialSubject/${field}`;

  it('is for the custodian alone', () => {
    refusal(attempt({}, undefined, 'miner'), 'not-custodian', at('batch'));
  });

  it('is refused for more than there is', () => {
    refusal(attempt({ quantity: mass('1000.000001') }), 'mass-exceeded', at('quantity'));
  });

  it('is refused to oneself, and to a stranger', () => {
    refusal(attempt({ to: didOf('separator') }), 'not-receiver', at('to'));
    refusal(attempt({ to: didOf('nobody') }), 'party-unknown', at('to'));
  });

  it('passes title only when the holder has it, and never to a mere carrier', () => {
    const { ledger, oxide, offer } = offered();
    ledger.answer('magnetmaker', offer, oxide);
    const sold = () =>
      ledger.offer('magnetmaker', 'haulier', oxide, mass('1'), { ...later, transfersTitle: true });
    refusal(sold, 'role-missing', at('transfersTitle'));
    const resold = () =>
      ledger.offer('magnetmaker', 'miner', oxide, mass('1'), { ...later, transfersTitle: true });
    refusal(resold, 'not-owner', at('transfersTitle'));
    ledger.offer('magnetmaker', 'haulier', oxide, mass('1'), later);
  });

  it('is refused when dispatched in the future, before it arrived, or lapsed already', () => {
    const dispatched = at('dispatchedAt');
    refusal(attempt({ dispatchedAt: '2026-03-10T00:00:01Z' }), 'time-in-future', dispatched);
    refusal(attempt({ dispatchedAt: '2026-02-01T00:00:00Z' }), 'time-out-of-order', dispatched);
    refusal(attempt({ validUntil: '2026-03-09T00:00:00Z' }), 'offer-lapsed', at('validUntil'));
  });

  it('is refused twice at a time', () => {
    const { ledger, oxide } = offered('10');
    const again = () => ledger.offer('separator', 'miner', oxide, mass('10'));
    refusal(again, 'batch-in-transit', at('batch'));
  });
});

describe('answering an offer', () => {
  const at = (field: string) => `/credentialSubject/${field}`;

  it('of the whole batch moves custody, and the batch keeps its name', () => {
    const { ledger, oxide, offer } = offered();
    ledger.answer('magnetmaker', offer, oxide);
    expect(ledger.batch(oxide)).toMatchObject({
      custodian: didOf('magnetmaker'),
      owner: didOf('separator'),
      availableFrom: '2026-03-04T08:00:00+08:00',
      offer: null,
    });
  });

  it('moves title when the offer says so', () => {
    const { ledger, oxide, offer } = offered('1000', { transfersTitle: true });
    ledger.answer('magnetmaker', offer, oxide);
    expect(ledger.batch(oxide).owner).toBe(didOf('magnetmaker'));
  });

  it('of a part makes a new batch that knows all the old one knew, and leaves the rest', () => {
    const { ledger, oxide, offer } = offered('250');
    ledger.answer('magnetmaker', offer, oxide, { newBatch: PART });
    const whole = ledger.batch(oxide);
    expect(whole).toMatchObject({ leftMg: '750000000', custodian: didOf('separator') });
    const { form, composition, custodyModel, origins, flags, lot } = whole;
    expect(ledger.batch(PART)).toMatchObject({
      form,
      composition,
      custodyModel,
      origins,
      flags,
      lot,
      intake: null,
      massMg: '250000000',
      leftMg: '250000000',
      custodian: didOf('magnetmaker'),
    });
  });

  it('can accept less than was offered; the rest stays with the sender', () => {
    const { ledger, oxide, offer } = offered();
    ledger.answer('magnetmaker', offer, oxide, { quantity: mass('999.5'), newBatch: PART });
    expect(ledger.batch(oxide).leftMg).toBe('500000');
  });

  it('is refused for more than was offered', () => {
    const { ledger, oxide, offer } = offered('250');
    const greedy = { quantity: mass('250.000001'), newBatch: PART };
    const attempt = () => ledger.answer('magnetmaker', offer, oxide, greedy);
    refusal(attempt, 'mass-exceeded', at('quantity'));
  });

  it('names the part when there is one, and only then; in the receiver’s own name', () => {
    const { ledger, oxide, offer } = offered('250');
    const answer = (change: Change) => () => ledger.answer('magnetmaker', offer, oxide, change);
    const pointer = at('newBatch');
    refusal(answer({}), 'schema-violation', pointer);
    const foreign = { newBatch: separatorBatch('P') };
    refusal(answer(foreign), 'not-issuer-scoped', pointer);
    const taken = ledger.intake('magnetmaker', ledger.plant, 'P-1');
    refusal(answer({ newBatch: taken }), 'already-registered', pointer);
    const whole = offered();
    refusal(
      () => whole.ledger.answer('magnetmaker', whole.offer, whole.oxide, { newBatch: PART }),
      'schema-violation',
      pointer,
    );
  });

  it('is for the receiver alone', () => {
    const { ledger, oxide, offer } = offered();
    refusal(() => ledger.answer('miner', offer, oxide), 'not-receiver', '/issuer');
  });

  it('is refused for an offer that nobody made, or for another batch than was offered', () => {
    const { ledger, oxide, offer } = offered();
    const unknown = () => ledger.answer('magnetmaker', 'ef'.repeat(32), oxide);
    refusal(unknown, 'reference-unknown', at('offer'));
    const other = ledger.oxide('O-2');
    refusal(() => ledger.answer('magnetmaker', offer, other), 'reference-unknown', at('batch'));
  });

  it('is refused twice, after a refusal too', () => {
    const { ledger, oxide, offer } = offered();
    ledger.answer('magnetmaker', offer, oxide, { answer: 'refused', reason: 'Wet.' });
    const { offer: open, custodian } = ledger.batch(oxide);
    expect({ open, custodian }).toEqual({ open: null, custodian: didOf('separator') });
    refusal(() => ledger.answer('magnetmaker', offer, oxide), 'offer-answered', at('offer'));
  });

  it('is refused once the offer has lapsed, which nobody had to record', () => {
    const { ledger, oxide, offer } = offered();
    ledger.now = '2026-04-03T00:00:00.001Z';
    refusal(() => ledger.answer('magnetmaker', offer, oxide), 'offer-lapsed', at('offer'));
    const again = { validUntil: '2026-05-03T00:00:00Z' };
    ledger.offer('separator', 'miner', oxide, mass('1000'), again);
  });

  it('is refused when received before it was sent, or in the future', () => {
    const { ledger, oxide, offer } = offered();
    const answer = (receivedAt: string) => () =>
      ledger.answer('magnetmaker', offer, oxide, { receivedAt });
    const pointer = at('receivedAt');
    refusal(answer('2026-03-03T07:59:59+08:00'), 'time-out-of-order', pointer);
    refusal(answer('2026-03-10T00:00:01Z'), 'time-in-future', pointer);
  });

  it('is refused when the batch was recalled on the way; refusing it is not', () => {
    const { ledger, oxide, offer } = offered();
    ledger.say('authority', 'StatusChange', statusSubject('batch', oxide, 'revoke'));
    refusal(() => ledger.answer('magnetmaker', offer, oxide), 'batch-not-active', at('batch'));
    const no = answerSubject(offer, oxide, { answer: 'refused' });
    ledger.say('magnetmaker', 'HandoverAnswer', no);
  });
});

const later = { dispatchedAt: '2026-03-05T00:00:00Z' };
