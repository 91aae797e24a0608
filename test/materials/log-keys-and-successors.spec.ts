import { REGISTRY_KEY, type RegistryState } from '#lib/materials';
import { didOf, keyNamed, refusal } from '../support/recording-ledger.js';
import { mass, NDPR_METAL, output, type Change } from '../support/statements.js';
import {
  DOMAIN,
  genesisSubject,
  Outback,
  REGISTRY,
  REGISTRY_KEY_NAME,
  separatorBatch,
} from './outback.js';

const FIRST = `${DOMAIN}/log`;
const NEXT = `${DOMAIN}/log/2027`;
const logKey = (origin: string, id: string) => `${origin}+${id}+${'A'.repeat(44)}`;
const FIRST_KEY = logKey(FIRST, '0a1b2c3d');
const SECOND_KEY = logKey(FIRST, '1a1b2c3d');
const by = [REGISTRY_KEY_NAME];

const registryOf = (ledger: Outback) => ledger.state.get(REGISTRY_KEY) as unknown as RegistryState;

describe('rotating the keys of a log', () => {
  const rotate = (ledger: Outback, logKeys: Change, issuer = REGISTRY, signers = by) =>
    ledger.say(
      issuer,
      'KeyRotation',
      { id: REGISTRY, add: [], retire: [], logKeys },
      { by: signers },
    );
  const retire = (at: string) => [{ logKey: FIRST_KEY, at }];

  it('names the new key at once and ends the old one later, never earlier than it is said', () => {
    const ledger = new Outback();
    rotate(ledger, { add: [SECOND_KEY], retire: retire('2026-04-10T00:00:00Z') });
    expect(registryOf(ledger).logKeys).toEqual([
      { logKey: FIRST_KEY, validFrom: ledger.now, validUntil: '2026-04-10T00:00:00Z' },
      { logKey: SECOND_KEY, validFrom: ledger.now, validUntil: null },
    ]);
    rotate(ledger, { add: [], retire: retire('2020-01-01T00:00:00Z') });
    expect(registryOf(ledger).logKeys[0]!.validUntil).toBe(ledger.now);
    rotate(ledger, { add: [], retire: retire('2030-01-01T00:00:00Z') });
    expect(registryOf(ledger).logKeys[0]!.validUntil).toBe(ledger.now);
  });

  it('is the registry’s alone', () => {
    const attempt = () =>
      rotate(new Outback(), { add: [SECOND_KEY], retire: [] }, 'authority', ['authority']);
    refusal(attempt, 'not-issuer', '/credentialSubject/logKeys');
  });

  it('is refused for keys of another log, known ones, and unknown ones', () => {
    const ledger = new Outback();
    const at = '/credentialSubject/logKeys';
    const adding = (key: string) => () => rotate(ledger, { add: [key], retire: [] });
    refusal(adding(logKey('elsewhere', '1a1b2c3d')), 'not-issuer-scoped', `${at}/add/0`);
    refusal(adding(FIRST_KEY), 'already-registered', `${at}/add/0`);
    const unknown = [{ logKey: SECOND_KEY, at: '2026-04-10T00:00:00Z' }];
    const ending = () => rotate(ledger, { add: [], retire: unknown });
    refusal(ending, 'reference-unknown', `${at}/retire/0/logKey`);
  });

  it('is refused when no key would be left to sign the log', () => {
    const attempt = () =>
      rotate(new Outback(), { add: [], retire: retire('2026-04-10T00:00:00Z') });
    refusal(attempt, 'reference-unknown', '/credentialSubject/logKeys/retire');
  });
});

describe('a log that succeeds another', () => {
  const predecessor = (ledger: Outback, change: Change = {}) => ({
    origin: FIRST,
    logKey: FIRST_KEY,
    treeSize: ledger.records.length,
    rootHash: 'ab'.repeat(32),
    checkpoint: `${FIRST}\n1\n`,
    ...change,
  });

  /** Begins the next log with what differs from a good genesis. */
  const succeed = (ledger: Outback, change: Change = {}, before: Change = {}, signers = by) => {
    const named = predecessor(ledger, before);
    ledger.continueIn(NEXT);
    ledger.now = '2026-03-11T00:00:00.000Z';
    const begun = { origin: NEXT, logKey: logKey(NEXT, '2a1b2c3d'), predecessor: named };
    const subject = { ...genesisSubject(begun), ...change };
    return ledger.say(REGISTRY, 'RegistryGenesis', subject, { by: signers });
  };

  it('goes on with parties, keys and batches, and remembers the log before', () => {
    const ledger = new Outback();
    const size = ledger.records.length;
    const oxide = ledger.oxide();
    succeed(ledger);
    expect(registryOf(ledger)).toMatchObject({
      origin: NEXT,
      keys: [keyNamed(REGISTRY_KEY_NAME)],
      logKeys: [{ logKey: logKey(NEXT, '2a1b2c3d'), validUntil: null }],
      predecessors: [{ origin: FIRST, treeSize: size + 1, logKeys: [{ logKey: FIRST_KEY }] }],
    });
    const metal = output(separatorBatch('M-1'), {
      form: 'metal',
      composition: NDPR_METAL,
      quantity: mass('700'),
    });
    ledger.make(['reduce'], [[oxide, mass('1000')]], [metal]);
    expect(ledger.batch(oxide).leftMg).toBe('0');
  });

  it('certifies what was made in the log before, though its indexes were larger', async () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    succeed(ledger);
    const facts = await ledger.facts(oxide);
    const asOf = { origin: NEXT, treeSize: 1, rootHash: 'cd'.repeat(32) };
    const id = `${REGISTRY}/certificates/${'5'.repeat(32)}`;
    expect(ledger.issue(id, facts, 5, { asOf }).at).toMatchObject({ origin: NEXT, index: 1 });
    const old = { origin: FIRST, treeSize: 1, rootHash: 'cd'.repeat(32) };
    const late = () => ledger.issue(`${id.slice(0, -1)}6`, facts, 6, { asOf: old });
    refusal(late, 'certificate-live', '/credentialSubject/id');
  });

  it('walks the history of a batch through both logs, in the order of recording', async () => {
    const ledger = new Outback();
    const oxide = ledger.oxide();
    succeed(ledger);
    const metal = output(separatorBatch('M-1'), {
      form: 'metal',
      composition: NDPR_METAL,
      quantity: mass('700'),
    });
    ledger.make(['reduce'], [[oxide, mass('1000')]], [metal]);
    const facts = await ledger.facts(metal.id);
    expect(facts.processes.map(({ at }) => at.origin)).toEqual([NEXT]);
    expect(facts.intakes.map(({ at }) => at.origin)).toEqual([FIRST]);
  });

  const faults: [string, Change, Change, string, string][] = [
    ['another registry', { id: 'did:web:x.example' }, {}, 'not-issuer', '/issuer'],
    ['another country', { jurisdiction: 'NZ' }, {}, 'reference-unknown', 'jurisdiction'],
    ['another authority', { authority: didOf('x') }, {}, 'reference-unknown', 'authority'],
    ['another log before', {}, { origin: 'x/log' }, 'reference-unknown', 'predecessor/origin'],
    ['another log key', {}, { logKey: SECOND_KEY }, 'reference-unknown', 'predecessor/logKey'],
  ];

  it.each(faults)('is refused when it names %s', (_story, change, before, problem, at) => {
    const pointer = at.startsWith('/') ? at : `/credentialSubject/${at}`;
    refusal(() => succeed(new Outback(), change, before), problem, pointer);
  });

  it('is refused under a key that the registry did not have before', () => {
    const keys = [keyNamed('stranger')];
    const attempt = () => succeed(new Outback(), { keys }, {}, ['stranger']);
    refusal(attempt, 'reference-unknown', '/credentialSubject/keys/0');
  });

  it('is refused under the log key of the log before', () => {
    expect(() => succeed(new Outback(), { logKey: FIRST_KEY })).toThrow(
      'an origin and a key of its own',
    );
  });

  it('is refused where there is no log to succeed', () => {
    const ledger = new Outback();
    ledger.state.clear();
    const attempt = () => succeed(ledger);
    refusal(attempt, 'reference-unknown', '/credentialSubject/predecessor');
  });
});
