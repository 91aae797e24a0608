import type { Import, Opened } from '#lib/documents';
import {
  batchKey,
  declinedKey,
  facilityKey,
  goodStanding,
  importKey,
  readState,
  type BatchState,
} from '#lib/materials';
import { recognitionKey, RULE_DECIDERS, type RecognitionState } from '#lib/rules';
import { AT, LedgerState, refusal, REGISTRY, signed, suspended } from './ledger-state.js';
import { batch, digest, ndfebMagnet, party } from './magnet-facts.js';

type Subject = Opened<Import>['credentialSubject'];
type Certificate = Subject['certificate'];

const RECOGNITION = `${party('authority')}/recognitions/au`;
const HOME_BATCH = batch('oxidemaker', 'oxide');

const recognition: RecognitionState = {
  ...goodStanding(),
  id: RECOGNITION,
  issuer: party('authority'),
  given: digest('recognition'),
  registry: 'did:web:au.example',
  jurisdiction: 'AU',
  origin: 'au.example/log',
  logKey: 'au.example/log+00000000+AAAA',
  scope: {
    forms: ['oxide'],
    steps: ['mine', 'beneficiate', 'crack', 'separate', 'calcine'],
    custodyModels: ['identity-preserved', 'segregated'],
    minimumAssurance: 'self-declared',
  },
  validFrom: '2026-01-01',
  validUntil: '2026-12-31',
};

function certificate(change: Partial<Certificate['credentialSubject']> = {}): Certificate {
  const { processes, ...facts } = ndfebMagnet();
  return {
    type: ['VerifiableCredential', 'Certificate'],
    issuer: 'did:web:au.example',
    validFrom: '2026-10-01T00:00:00Z',
    validUntil: '2027-10-01T00:00:00Z',
    credentialSubject: {
      ...facts,
      id: HOME_BATCH,
      form: 'oxide',
      quantity: { value: '1500.5', unit: 'KGM', basis: 'net' },
      composition: [
        { substance: 'Nd2O3', percent: '75' },
        { substance: 'Pr6O11', percent: '24' },
      ],
      owner: party('trader'),
      processes: processes.slice(0, 2),
      intakes: [],
      handovers: [],
      imports: [],
      asOf: { origin: 'au.example/log', treeSize: 12, rootHash: digest('root') },
      ...change,
    },
  } as unknown as Certificate;
}

const subject: Subject = {
  id: batch('importer', 'oxide'),
  release: { origin: 'au.example/log', index: 14, statement: digest('release') },
  home: { registry: 'did:web:au.example', jurisdiction: 'AU', batch: HOME_BATCH },
  certificate: certificate(),
  transfersTitle: false,
  recognition: RECOGNITION,
  evidence: digest('bundle'),
  receivedAt: '2026-11-20T00:00:00Z',
};

const BOTH = [party('importer'), REGISTRY];

const bring = (change: Partial<Subject> = {}, signers = BOTH) =>
  signed<Import>('Import', party('importer'), { ...subject, ...change }, signers);

function recognising(change: object = {}): LedgerState {
  const state = new LedgerState();
  state.put(recognitionKey(RECOGNITION), { ...recognition, ...change });
  return state;
}

const record = (state: LedgerState, ...of: Parameters<typeof bring>) =>
  state.record(RULE_DECIDERS.Import, bring(...of));

const withCertificate = (change: Parameters<typeof certificate>[0]) => ({
  certificate: certificate(change),
});

describe('an import', () => {
  it('makes the home batch a batch here, with its mass, title, history and shares', () => {
    const state = recognising();
    record(state);
    expect(readState<BatchState>(state, batchKey(subject.id))).toMatchObject({
      form: 'oxide',
      massMg: '1500500000',
      leftMg: '1500500000',
      custodian: party('importer'),
      owner: party('trader'),
      custodyModel: 'segregated',
      availableFrom: subject.receivedAt,
      changedAt: { origin: AT.origin, index: AT.index },
      origins: expect.arrayContaining([
        { elements: ['Nd', 'Pr'], step: 'mine', country: 'AU' },
        { elements: ['Nd', 'Pr'], step: 'separate', country: 'AU' },
      ]),
    });
  });

  it('spends a release once, whatever the batch is called the second time', () => {
    const state = recognising();
    record(state);
    expect(state.get(importKey('au.example/log', 14))).toMatchObject({ batch: subject.id });
    expect(refusal(() => record(state, { id: batch('importer', 'again') }))).toEqual({
      problem: 'release-already-imported',
      pointer: '/credentialSubject/release',
    });
    expect(refusal(() => record(state))).toEqual({
      problem: 'already-registered',
      pointer: '/credentialSubject/id',
    });
  });

  it('is refused once this registry has declined the release, and not because of a made-up one', () => {
    const state = recognising();
    state.put(declinedKey({ ...subject.release, statement: digest('made up') }), {
      statement: digest('refusal of what is made up'),
    });
    const declined = recognising();
    declined.put(declinedKey(subject.release), { statement: digest('refusal') });
    expect(refusal(() => record(declined))).toEqual({
      problem: 'release-declined',
      pointer: '/credentialSubject/release',
    });
    record(state);
  });

  it('names a facility only if the importer runs it', () => {
    const facility = `${party('importer')}/facilities/store`;
    const state = recognising();
    expect(refusal(() => record(state, { facility }))).toEqual({
      problem: 'reference-unknown',
      pointer: '/credentialSubject/facility',
    });
    state.put(facilityKey(facility), { ...goodStanding(), id: facility, operator: party('buyer') });
    expect(refusal(() => record(state, { facility }))).toMatchObject({ problem: 'not-operator' });
    state.put(facilityKey(facility), {
      ...goodStanding(),
      id: facility,
      operator: party('importer'),
    });
    record(state, { facility });
    expect(state.get(batchKey(subject.id))).toMatchObject({ facility });
  });

  it('passes title to the importer only where the release did', () => {
    const state = recognising();
    record(state, { transfersTitle: true });
    expect(state.get(batchKey(subject.id))).toMatchObject({ owner: party('importer') });
  });

  it('takes material back whose history began in this very log', () => {
    const [first] = ndfebMagnet().imports;
    const imports = [{ ...first!, release: { ...first!.release, origin: AT.origin } }];
    record(recognising(), withCertificate({ imports }));
  });
});

describe('an import is refused', () => {
  const CERTIFICATE = '/credentialSubject/certificate';
  it.each<[string, Partial<Subject>, string, string]>([
    [
      'under a name that is not the importer’s own',
      { id: batch('trader', 'oxide') },
      'not-issuer-scoped',
      '/credentialSubject/id',
    ],
    [
      'of a release at home',
      { release: { ...subject.release, origin: AT.origin } },
      'release-not-for-this-registry',
      '/credentialSubject/release',
    ],
    [
      'with another registry’s certificate',
      { home: { ...subject.home, registry: 'did:web:my.example' } },
      'not-issuer',
      `${CERTIFICATE}/issuer`,
    ],
    [
      'with the certificate of another batch',
      withCertificate({ id: batch('oxidemaker', 'ceria') }),
      'reference-unknown',
      `${CERTIFICATE}/credentialSubject/id`,
    ],
    [
      'with a certificate drawn up after the release',
      withCertificate({ asOf: { origin: 'au.example/log', treeSize: 15, rootHash: digest('r') } }),
      'certificate-stale',
      `${CERTIFICATE}/credentialSubject/asOf`,
    ],
    [
      'with a certificate of another log',
      withCertificate({ asOf: { origin: 'my.example/log', treeSize: 12, rootHash: digest('r') } }),
      'certificate-stale',
      `${CERTIFICATE}/credentialSubject/asOf`,
    ],
    [
      'with an expired certificate',
      { certificate: { ...certificate(), validUntil: '2026-11-01T00:00:00Z' } },
      'certificate-not-live',
      `${CERTIFICATE}/validUntil`,
    ],
    [
      'before it was received',
      { receivedAt: '2026-11-23T00:00:00Z' },
      'time-in-future',
      '/credentialSubject/receivedAt',
    ],
    [
      'of a weight that counts the packaging',
      withCertificate({ quantity: { value: '1', unit: 'KGM', basis: 'gross' } }),
      'basis-mismatch',
      `${CERTIFICATE}/credentialSubject/quantity/basis`,
    ],
    [
      'of material that is more than all of itself',
      withCertificate({
        composition: [
          { substance: 'Nd', percent: '60' },
          { substance: 'Fe', percent: '60' },
        ],
      }),
      'schema-violation',
      `${CERTIFICATE}/credentialSubject/composition`,
    ],
    [
      'of what the home registry took over from a third one',
      withCertificate({
        imports: ndfebMagnet().imports.map((each) => ({
          ...each,
          release: { ...each.release, origin: 'my.example/log' },
        })),
      }),
      'recognition-missing',
      `${CERTIFICATE}/credentialSubject/imports/0`,
    ],
  ])('%s', (_case, change, problem, pointer) => {
    expect(refusal(() => record(recognising(), change))).toEqual({ problem, pointer });
  });

  it.each<[string, object]>([
    ['is suspended', suspended],
    ['is revoked', { status: 'revoked' }],
    ['has ended', { validUntil: '2026-11-21' }],
    ['has not begun', { validFrom: '2026-11-23' }],
    ['speaks of another registry', { registry: 'did:web:my.example' }],
    ['speaks of another log of that registry', { origin: 'au.example/other' }],
    ['speaks of another jurisdiction', { jurisdiction: 'NZ' }],
    ['does not cover the form', { scope: { ...recognition.scope, forms: ['metal'] } }],
    ['does not cover a step', { scope: { ...recognition.scope, steps: ['mine'] } }],
    [
      'does not cover the custody',
      { scope: { ...recognition.scope, custodyModels: ['mass-balance'] } },
    ],
    [
      'asks for more',
      { scope: { ...recognition.scope, minimumAssurance: 'accredited-third-party' } },
    ],
  ])('when the recognition %s', (_case, change) => {
    expect(refusal(() => record(recognising(change)))).toEqual({
      problem: 'recognition-missing',
      pointer: '/credentialSubject/recognition',
    });
  });

  it('when there is no recognition', () => {
    expect(refusal(() => record(new LedgerState()))).toMatchObject({
      problem: 'recognition-missing',
    });
  });

  it('when the registry has not signed that it checked the evidence', () => {
    expect(refusal(() => record(recognising(), {}, [party('importer')]))).toEqual({
      problem: 'signer-missing',
      pointer: '/proof',
    });
  });

  it('when the registry alone signed, or a stranger too', () => {
    expect(refusal(() => record(recognising(), {}, [REGISTRY]))).toMatchObject({
      problem: 'key-not-valid',
    });
    expect(refusal(() => record(recognising(), {}, [...BOTH, party('buyer')]))).toMatchObject({
      problem: 'key-not-valid',
    });
  });
});
