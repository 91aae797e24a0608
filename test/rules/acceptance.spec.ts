import type { Acceptance, Opened } from '#lib/documents';
import {
  batchKey,
  certificateKey,
  goodStanding,
  newBatch,
  readState,
  type CertificateState,
} from '#lib/materials';
import { acceptanceKey, recognitionKey, RULE_DECIDERS, type AcceptanceState } from '#lib/rules';
import { AT, LedgerState, refusal, REGISTRY, signed, suspended } from './ledger-state.js';
import { batch, digest, party } from './magnet-facts.js';

type Subject = Opened<Acceptance>['credentialSubject'];

const BATCH = batch('buyer', 'delivery');
const CERTIFICATE = `${REGISTRY}/certificates/${'0'.repeat(32)}`;

const subject: Subject = {
  batch: BATCH,
  certificate: CERTIFICATE,
  answer: 'accepted',
  quantity: { value: '60', unit: 'KGM', basis: 'net' },
  contract: 'SP8000-26-D-0001',
  line: '0001',
  governing: { date: '2026-11-20', basis: 'delivery' },
  assessments: [
    {
      ruleset: 'us-dfars-252.225-7052',
      version: '2024-05',
      digest: digest('ruleset'),
      verdict: 'compliant',
      asOf: { origin: AT.origin, treeSize: 90, rootHash: digest('root') },
    },
  ],
  recognitions: [],
  decidedAt: '2026-11-20T00:00:00Z',
};

function delivered(change: object = {}, certificate: Partial<CertificateState> = {}): LedgerState {
  const state = new LedgerState();
  const made = newBatch(
    {
      id: BATCH,
      form: 'magnet',
      lot: null,
      facility: null,
      basis: 'net',
      massMg: '100000000',
      pieces: null,
      composition: [{ substance: 'Nd', percent: '30' }],
      custodyModel: 'segregated',
      owner: party('buyer'),
      custodian: party('buyer'),
      madeAt: '2026-10-01T00:00:00Z',
      availableFrom: '2026-11-01T00:00:00Z',
      origins: [],
      recycled: [],
      flags: [],
    },
    { ...AT, index: 80 },
  );
  state.put(batchKey(BATCH), { ...made, ...change });
  const live: CertificateState = {
    ...goodStanding(),
    id: CERTIFICATE,
    batch: BATCH,
    issuer: REGISTRY,
    validFrom: '2026-11-01T00:00:00Z',
    validUntil: '2027-11-01T00:00:00Z',
    origin: AT.origin,
    index: 91,
    statement: digest('certificate'),
    treeSize: 90,
    statusListIndex: { revocation: '1', suspension: '1' },
    supersededBy: null,
    recognitions: [],
  };
  state.put(certificateKey(CERTIFICATE), { ...live, ...certificate });
  return state;
}

const answer = (change: Partial<Subject> = {}, by = 'buyer') =>
  signed<Acceptance>('Acceptance', party(by), { ...subject, ...change });

const record = (state: LedgerState, ...of: Parameters<typeof answer>) =>
  state.record(RULE_DECIDERS.Acceptance, answer(...of));

const acceptedMg = (state: LedgerState) =>
  readState<AcceptanceState>(state, acceptanceKey(BATCH))?.acceptedMg;

const kilograms = (value: string) => ({ value, unit: 'KGM', basis: 'net' }) as const;

const RECOGNITION = `${party('authority')}/recognitions/au`;

/** A delivery of imported material, and the recognition by which it came. */
function recognised(change: object = {}): LedgerState {
  const state = delivered({}, { recognitions: [RECOGNITION] });
  const recognition = { id: RECOGNITION, validFrom: '2026-01-01', validUntil: '2027-12-31' };
  state.put(recognitionKey(RECOGNITION), { ...goodStanding(), ...recognition, ...change });
  return state;
}

describe('a buyer that answers a delivery', () => {
  it('accepts each unit of a batch once', () => {
    const state = delivered();
    record(state);
    expect(acceptedMg(state)).toBe('60000000');
    expect(refusal(() => record(state, { quantity: kilograms('40.000001') }))).toEqual({
      problem: 'mass-exceeded',
      pointer: '/credentialSubject/quantity',
    });
    record(state, { quantity: kilograms('40') });
    expect(acceptedMg(state)).toBe('100000000');
  });

  it('accepts imported material while its recognition stands', () => {
    const state = recognised();
    record(state, { recognitions: [RECOGNITION] });
    expect(acceptedMg(state)).toBe('60000000');
  });

  it('refuses without claiming anything, also when the certificate is dead or the batch recalled', () => {
    const state = delivered({ status: 'revoked' }, { status: 'revoked' });
    record(state, { answer: 'refused', reason: 'The certificate was revoked.' });
    expect(acceptedMg(state)).toBeUndefined();
  });

  it.each<[string, () => void, string, string]>([
    ['is no buyer', () => record(delivered(), {}, 'importer'), 'role-missing', '/issuer'],
    [
      'does not hold the batch',
      () => record(delivered({ custodian: party('importer') })),
      'not-custodian',
      '/credentialSubject/batch',
    ],
    [
      'names a batch that is not here',
      () => record(delivered(), { batch: batch('buyer', 'other') }),
      'reference-unknown',
      '/credentialSubject/batch',
    ],
    [
      'cites the certificate of another batch',
      () => record(delivered({}, { batch: batch('buyer', 'other') })),
      'reference-unknown',
      '/credentialSubject/certificate',
    ],
    [
      'relies on a revoked certificate',
      () => record(delivered({}, { status: 'revoked' })),
      'certificate-not-live',
      '/credentialSubject/certificate',
    ],
    [
      'relies on an expired certificate',
      () => record(delivered({}, { validUntil: '2026-11-21T00:00:00Z' })),
      'certificate-not-live',
      '/credentialSubject/certificate',
    ],
    [
      'accepts suspended material',
      () => record(delivered(suspended)),
      'batch-not-active',
      '/credentialSubject/batch',
    ],
    [
      'relies on an assessment of an older certificate',
      () => record(delivered({}, { treeSize: 89 })),
      'certificate-stale',
      '/credentialSubject/assessments/0/asOf',
    ],
    [
      'leaves out a recognition that the certificate rests on',
      () => record(recognised()),
      'recognition-missing',
      '/credentialSubject/recognitions',
    ],
    [
      'rests on a recognition that was suspended since the import',
      () => record(recognised(suspended), { recognitions: [RECOGNITION] }),
      'recognition-missing',
      '/credentialSubject/recognitions',
    ],
    [
      'rests on a recognition that has ended',
      () => record(recognised({ validUntil: '2026-11-21' }), { recognitions: [RECOGNITION] }),
      'recognition-missing',
      '/credentialSubject/recognitions',
    ],
    [
      'counts on another basis',
      () => record(delivered(), { quantity: { ...kilograms('1'), basis: 'dry' } }),
      'basis-mismatch',
      '/credentialSubject/quantity/basis',
    ],
    [
      'decided in the future',
      () => record(delivered(), { decidedAt: '2026-11-23T00:00:00Z' }),
      'time-in-future',
      '/credentialSubject/decidedAt',
    ],
  ])('is refused when it %s', (_case, act, problem, pointer) => {
    expect(refusal(act)).toEqual({ problem, pointer });
  });
});
