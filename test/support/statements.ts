import type { Composition, Quantity } from '#lib/documents';

/** Anything that goes into a statement's subject in place of what a maker would put there. */
export type Change = Record<string, unknown>;

/** A mass on the net basis, in kilograms unless said otherwise. */
export const mass = (
  value: string,
  unit: Quantity['unit'] = 'KGM',
  basis: Quantity['basis'] = 'net',
) => ({ value, unit, basis });

/** Mass fractions by substance, in percent. */
export const composition = (percents: Record<string, string>): Composition =>
  Object.entries(percents).map(([substance, percent]) => ({ substance, percent }));

/** Bastnaesite concentrate as Mount Weld’s neighbours float it. */
export const CONCENTRATE = composition({ CeO2: '25', La2O3: '13', Nd2O3: '9', Pr6O11: '2.5' });
/** Didymium oxide, the staple of the trade. */
export const NDPR_OXIDE = composition({ Nd2O3: '75', Pr6O11: '24.5' });
/** What electrolysis makes of it. */
export const NDPR_METAL = composition({ Nd: '75', Pr: '24' });
/** A sintered-magnet alloy without dysprosium. */
export const ALLOY = composition({ Nd: '23', Pr: '7', Fe: '68', B: '1' });

/** Evidence kept outside the ledger. */
export const EVIDENCE = {
  title: 'Weighbridge ticket 4711',
  digest: 'ab'.repeat(32),
  mediaType: 'application/pdf',
};

/** `<issuer>/batches/<name>`. */
export const batchId = (issuer: string, name: string): string => `${issuer}/batches/${name}`;

/** `<registry>/certificates/<32 hex digits>`. */
export const certificateId = (registry: string, number: number): string =>
  `${registry}/certificates/${number.toString(16).padStart(32, '0')}`;

/** The subject of a PartyRegistration whose keys are the party's first key and any others. */
export const partySubject = (did: string, name: string, roles: string[], change: Change = {}) => ({
  id: did,
  name,
  country: 'AU',
  roles,
  keys: [did.slice('did:key:'.length)],
  ...change,
});

/** The subject of a FacilityRegistration in Western Australia. */
export const facilitySubject = (id: string, licensedSteps: string[], change: Change = {}) => ({
  id,
  name: 'Works No. 1',
  country: 'AU',
  subdivision: 'AU-WA',
  location: { latitude: '-28.858', longitude: '122.543' },
  licensedSteps,
  capacity: [],
  ...change,
});

/** The subject of an Accreditation to ISO/IEC 17025 for the year 2026. */
export const accreditationSubject = (id: string, holder: string, change: Change = {}) => ({
  id,
  holder,
  standard: 'ISO/IEC 17025:2017',
  scope: { methods: ['ICP-OES'], forms: ['oxide', 'metal', 'magnet'] },
  validFrom: '2026-01-01',
  validUntil: '2026-12-31',
  ...change,
});

/** The subject of an Intake of bought-in iron; nothing is known of its origin. */
export const intakeSubject = (id: string, facility: string, change: Change = {}) => ({
  id,
  lot: `IN ${id.split('/').at(-1)}`,
  form: 'metal',
  quantity: mass('1000'),
  composition: composition({ Fe: '99.5' }),
  custodyModel: 'segregated',
  facility,
  receivedAt: '2026-03-01T08:00:00+08:00',
  source: 'bought-in',
  origins: [],
  evidence: [EVIDENCE],
  ...change,
});

/** One output of a MakeEvent: a tonne of didymium oxide. */
export const output = (id: string, change: Change = {}) => ({
  id,
  lot: `LOT ${id.split('/').at(-1)}`,
  form: 'oxide',
  quantity: mass('1000'),
  composition: NDPR_OXIDE,
  custodyModel: 'segregated',
  ...change,
});

/** The subject of a MakeEvent on one day in March 2026. */
export const makeSubject = (
  facility: string,
  steps: string[],
  inputs: readonly (readonly [batch: string, quantity: object])[],
  outputs: object[],
  change: Change = {},
) => ({
  facility,
  steps,
  start: '2026-03-02T06:00:00+08:00',
  end: '2026-03-02T18:00:00+08:00',
  inputs: inputs.map(([batch, quantity]) => ({ batch, quantity })),
  outputs,
  losses: [],
  ...change,
});

/** The subject of a HandoverOffer, open for a month. */
export const offerSubject = (batch: string, to: string, quantity: object, change: Change = {}) => ({
  batch,
  to,
  quantity,
  transfersTitle: false,
  dispatchedAt: '2026-03-03T08:00:00+08:00',
  validUntil: '2026-04-03T08:00:00+08:00',
  ...change,
});

/** The subject of a HandoverAnswer that accepts all that was offered. */
export const answerSubject = (offer: string, batch: string, change: Change = {}) => ({
  offer,
  batch,
  answer: 'accepted',
  receivedAt: '2026-03-04T08:00:00+08:00',
  ...change,
});

/** The subject of an Assay that confirms didymium oxide. */
export const assaySubject = (batch: string, accreditation: string, change: Change = {}) => ({
  batch,
  accreditation,
  method: 'ICP-OES',
  sampledOn: '2026-03-03',
  testedOn: '2026-03-04',
  composition: [
    { substance: 'Nd2O3', percent: '75.1', uncertainty: '0.3' },
    { substance: 'Pr6O11', percent: '24.4', uncertainty: '0.3' },
  ],
  report: EVIDENCE,
  ...change,
});

/** The subject of an OriginDeclaration: the iron was mined and reduced in Australia. */
export const originSubject = (batch: string, change: Change = {}) => ({
  batch,
  origins: [{ elements: ['Fe'], step: 'mine', country: 'AU' }],
  evidence: [EVIDENCE],
  ...change,
});

/** The subject of a StatusChange that took effect on 5 March 2026. */
export const statusSubject = (kind: string, id: string, action: string, change: Change = {}) => ({
  target: { kind, id },
  action,
  reason: 'Found at inspection.',
  effectiveFrom: '2026-03-05T00:00:00Z',
  ...change,
});

/** The subject of a Release to the registry of the United States. */
export const releaseSubject = (
  batch: string,
  certificate: string,
  importer: string,
  key: string,
  change: Change = {},
) => ({
  batch,
  certificate,
  destination: {
    registry: 'did:web:registry.us.example',
    origin: 'registry.us.example/log',
    jurisdiction: 'US',
    key,
  },
  importer,
  transfersTitle: false,
  releasedAt: '2026-03-06T08:00:00+08:00',
  ...change,
});

/** The two entries of a certificate in its registry's status lists. */
export const statusEntries = (domain: string, index: number) =>
  (['revocation', 'suspension'] as const).map((statusPurpose) => ({
    id: `https://${domain}/status/${statusPurpose}#${index}`,
    type: 'BitstringStatusListEntry',
    statusPurpose,
    statusListIndex: String(index),
    statusListCredential: `https://${domain}/status/${statusPurpose}`,
  }));
