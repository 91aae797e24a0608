import type { Recognition } from '#lib/documents';
import {
  readRecognition,
  recognitionCovers,
  RULE_DECIDERS,
  type RecognitionSubject,
} from '#lib/rules';
import { LedgerState, refusal, REGISTRY, signed } from './ledger-state.js';
import { party } from './magnet-facts.js';

type Subject = Recognition['credentialSubject'];

const subject: Subject = {
  id: `${party('authority')}/recognitions/au`,
  registry: 'did:web:au.example',
  jurisdiction: 'AU',
  origin: 'au.example/log',
  logKey: 'au.example/log+00000000+AAAA',
  scope: {
    forms: ['oxide'],
    steps: ['mine', 'separate'],
    custodyModels: ['segregated'],
    minimumAssurance: 'counterparty-confirmed',
  },
  validFrom: '2026-01-01',
  validUntil: '2026-12-31',
  instrument: 'Arrangement of 1 December 2025',
};

const covered: RecognitionSubject = {
  form: 'oxide',
  steps: ['mine'],
  custodyModel: 'segregated',
  assurance: 'accredited-third-party',
  date: '2026-06-01',
};

const recognise = (change: Partial<Subject> = {}, by = 'authority') =>
  signed<Recognition>('Recognition', party(by), { ...subject, ...change });

describe('a recognition', () => {
  it.each<[string, Partial<RecognitionSubject>, string]>([
    ['before its first day', { date: '2025-12-31' }, 'runs from'],
    ['after its last day', { date: '2027-01-01' }, 'runs from'],
    ['another form', { form: 'metal' }, 'does not cover metal'],
    ['another step', { steps: ['mine', 'reduce'] }, 'the steps reduce'],
    ['a weaker custody model', { custodyModel: 'mass-balance' }, 'mass-balance custody'],
    ['facts too weakly assured', { assurance: 'self-declared' }, 'asks for facts'],
  ])('does not cover %s', (_case, change, reason) => {
    const { covers, because } = recognitionCovers(subject, { ...covered, ...change });
    expect(covers).toBe(false);
    expect(because).toEqual([expect.stringContaining(reason)]);
  });

  it('covers what is in its scope, on its first and its last day', () => {
    for (const date of ['2026-01-01', '2026-12-31'])
      expect(recognitionCovers(subject, { ...covered, date })).toEqual({
        covers: true,
        because: [],
      });
  });

  it('is given by an authority of this jurisdiction and stands until it is changed', () => {
    const state = new LedgerState();
    state.record(RULE_DECIDERS.Recognition, recognise());
    expect(readRecognition(state, subject.id)).toMatchObject({
      registry: 'did:web:au.example',
      issuer: party('authority'),
      status: 'active',
    });
  });

  it.each<[string, () => ReturnType<typeof recognise>, string, string]>([
    ['a firm gives it', () => recognise({}, 'importer'), 'role-missing', '/issuer'],
    [
      'a foreign authority gives it',
      () => recognise({}, 'foreignauthority'),
      'role-missing',
      '/issuer',
    ],
    ['a stranger gives it', () => recognise({}, 'stranger'), 'party-unknown', '/issuer'],
    [
      'it stands in another’s name',
      () => recognise({ id: `${party('importer')}/recognitions/au` }),
      'not-issuer-scoped',
      '/credentialSubject/id',
    ],
    [
      'it recognises this registry itself',
      () => recognise({ registry: REGISTRY }),
      'already-registered',
      '/credentialSubject/registry',
    ],
    [
      'it ends before it begins',
      () => recognise({ validUntil: '2025-12-31' }),
      'time-out-of-order',
      '/credentialSubject/validUntil',
    ],
  ])('is refused when %s', (_case, make, problem, pointer) => {
    const state = new LedgerState();
    const act = () => state.record(RULE_DECIDERS.Recognition, make());
    expect(refusal(act)).toEqual({ problem, pointer });
  });

  it('is refused a second time under the same name', () => {
    const state = new LedgerState();
    state.record(RULE_DECIDERS.Recognition, recognise());
    const again = () =>
      state.record(RULE_DECIDERS.Recognition, recognise({ validUntil: '2030-12-31' }));
    expect(refusal(again)).toEqual({
      problem: 'already-registered',
      pointer: '/credentialSubject/id',
    });
  });
});
