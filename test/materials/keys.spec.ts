import { keyNamed, didOf, refusal } from '../support/recording-ledger.js';
import { intakeSubject, batchId, type Change } from '../support/statements.js';
import { isValidAt, readKey } from '#lib/materials';
import { Outback, REGISTRY, REGISTRY_KEY_NAME } from './outback.js';

const MINER = didOf('miner');

const rotate = (ledger: Outback, subject: Change, issuer: string, by: string[]) =>
  ledger.say(issuer, 'KeyRotation', { id: MINER, add: [], retire: [], ...subject }, { by });

const revoke = (ledger: Outback, change: Change = {}, issuer = 'miner', by = [issuer]) =>
  ledger.say(
    issuer,
    'KeyRevocation',
    {
      id: MINER,
      publicKeyMultibase: keyNamed('miner'),
      reason: 'compromised',
      effectiveFrom: '2026-03-09T00:00:00Z',
      ...change,
    },
    { by },
  );

/** The miner takes something in, signed with the key of that name. */
const takeIn = (ledger: Outback, key: string, name = 'X-1') =>
  ledger.say('miner', 'Intake', intakeSubject(batchId(MINER, name), ledger.mine), { by: [key] });

describe('rotating keys', () => {
  it('lets the new key sign for the party, whose name stays that of its first key', () => {
    const ledger = new Outback();
    rotate(ledger, { add: [keyNamed('second')] }, 'miner', ['miner', 'second']);
    takeIn(ledger, 'second');
    expect(ledger.batch(batchId(MINER, 'X-1')).custodian).toBe(MINER);
  });

  it('retires the old key after an overlap, to the instant', () => {
    const ledger = new Outback();
    const retire = [{ publicKeyMultibase: keyNamed('miner'), at: '2026-03-11T00:00:00Z' }];
    rotate(ledger, { add: [keyNamed('second')], retire }, 'miner', ['miner', 'second']);
    ledger.now = '2026-03-10T23:59:59.999Z';
    takeIn(ledger, 'miner');
    ledger.now = '2026-03-11T00:00:00.000Z';
    refusal(() => takeIn(ledger, 'miner', 'X-2'), 'key-not-valid', '/proof');
  });

  it('never retires a key into the past: only a revocation reaches back', () => {
    const ledger = new Outback();
    const retire = [{ publicKeyMultibase: keyNamed('miner'), at: '2020-01-01T00:00:00Z' }];
    rotate(ledger, { retire }, 'authority', ['authority']);
    const key = readKey(ledger.state, keyNamed('miner'))!;
    expect(key.validUntil).toBe('2026-03-10T00:00:00.000Z');
    expect(isValidAt(key, '2026-03-09T23:59:59.000Z')).toBe(true);
  });

  it('does not lengthen the life of a key that ends sooner', () => {
    const ledger = new Outback();
    const until = (at: string) => [{ publicKeyMultibase: keyNamed('miner'), at }];
    rotate(ledger, { retire: until('2026-03-12T00:00:00Z') }, 'authority', ['authority']);
    rotate(ledger, { retire: until('2027-03-12T00:00:00Z') }, 'authority', ['authority']);
    expect(readKey(ledger.state, keyNamed('miner'))!.validUntil).toBe('2026-03-12T00:00:00Z');
  });

  it('gives the registry itself a new key, which signs from then on', () => {
    const ledger = new Outback();
    const add = [keyNamed('registry-2')];
    const by = [REGISTRY_KEY_NAME, 'registry-2'];
    ledger.say(REGISTRY, 'KeyRotation', { id: REGISTRY, add, retire: [] }, { by });
    expect(readKey(ledger.state, keyNamed('registry-2'))!.party).toBe(REGISTRY);
    expect(ledger.state.get('registry')).toMatchObject({ keys: [expect.anything(), add[0]] });
  });

  it('is refused when a new key has not signed, or is registered already', () => {
    const ledger = new Outback();
    const add = [keyNamed('second')];
    const unsigned = () => rotate(ledger, { add }, 'miner', ['miner']);
    refusal(unsigned, 'signer-missing', '/credentialSubject/add/0');
    const taken = () =>
      rotate(ledger, { add: [keyNamed('haulier')] }, 'miner', ['miner', 'haulier']);
    refusal(taken, 'already-registered', '/credentialSubject/add/0');
  });

  it('is refused for a key that is not the party’s', () => {
    const ledger = new Outback();
    const retire = [{ publicKeyMultibase: keyNamed('haulier'), at: '2026-04-01T00:00:00Z' }];
    refusal(
      () => rotate(ledger, { retire }, 'miner', ['miner']),
      'reference-unknown',
      '/credentialSubject/retire/0/publicKeyMultibase',
    );
  });

  it('is refused to everybody but the party and the authority', () => {
    const ledger = new Outback();
    refusal(() => rotate(ledger, {}, 'haulier', ['haulier']), 'not-issuer', '/issuer');
    refusal(
      () => rotate(ledger, { id: didOf('nobody') }, 'authority', ['authority']),
      'reference-unknown',
      '/credentialSubject/id',
    );
  });
});

describe('revoking a key', () => {
  it('stops what is recorded from then on, however far back it reaches', () => {
    const ledger = new Outback();
    revoke(ledger);
    const { detail } = refusal(() => takeIn(ledger, 'miner'), 'key-not-valid', '/proof').details;
    expect(detail).toMatch(/revoked \(compromised\) from 2026-03-09/);
  });

  it('leaves what was recorded before as it is: the ledger decided on what it knew', () => {
    const ledger = new Outback();
    takeIn(ledger, 'miner');
    revoke(ledger);
    expect(ledger.batch(batchId(MINER, 'X-1')).leftMg).toBe('1000000000');
  });

  it('can be moved further back, and not forward', () => {
    const ledger = new Outback();
    revoke(ledger);
    const at = (effectiveFrom: string) => () =>
      revoke(ledger, { effectiveFrom }, 'authority', ['authority']);
    const pointer = '/credentialSubject/effectiveFrom';
    refusal(at('2026-03-09T12:00:00Z'), 'status-transition-invalid', pointer);
    at('2026-03-01T00:00:00Z')();
    expect(readKey(ledger.state, keyNamed('miner'))!.validUntil).toBe('2026-03-01T00:00:00Z');
  });

  it('does not lengthen the life of a key that was retired before', () => {
    const ledger = new Outback();
    const retire = [{ publicKeyMultibase: keyNamed('miner'), at: '2026-03-10T00:00:00Z' }];
    rotate(ledger, { retire }, 'authority', ['authority']);
    ledger.now = '2026-03-20T00:00:00.000Z';
    revoke(ledger, { effectiveFrom: '2026-03-15T00:00:00Z' }, 'authority', ['authority']);
    expect(readKey(ledger.state, keyNamed('miner'))!.validUntil).toBe('2026-03-10T00:00:00Z');
  });

  it('is refused ahead of time', () => {
    const ledger = new Outback();
    refusal(
      () => revoke(ledger, { effectiveFrom: '2026-03-10T00:00:01Z' }),
      'time-in-future',
      '/credentialSubject/effectiveFrom',
    );
  });

  it('is refused for another’s key, and to anybody but its party and the authority', () => {
    const ledger = new Outback();
    refusal(
      () => revoke(ledger, { publicKeyMultibase: keyNamed('haulier') }),
      'reference-unknown',
      '/credentialSubject/publicKeyMultibase',
    );
    refusal(() => revoke(ledger, {}, 'haulier'), 'not-issuer', '/issuer');
  });
});
