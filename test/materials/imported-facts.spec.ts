import { createHash } from 'node:crypto';
import { canonicalize, type Json } from '#lib/documents';
import { certificateFacts, newBatch, writeState, type Recorded } from '#lib/materials';
import { didOf } from '../support/recording-ledger.js';
import {
  batchId,
  certificateId,
  mass,
  NDPR_METAL,
  NDPR_OXIDE,
  output,
} from '../support/statements.js';
import { Outback, REGISTRY, separatorBatch } from './outback.js';

const IMPORTED = batchId(didOf('importer'), 'O-AU');
const AT = { origin: 'registry.us.example/log', index: 9, recordedAt: '2026-03-20T00:00:00.000Z' };

/** Metal certified at home, made of oxide and iron that nobody knows the origin of. */
async function certifiedAtHome() {
  const ledger = new Outback();
  const oxide = ledger.oxide('O-1', {
    origins: [{ elements: ['Nd', 'Pr'], step: 'separate', country: 'MY' }],
  });
  const metal = output(separatorBatch('M-1'), {
    form: 'metal',
    composition: NDPR_METAL,
    quantity: mass('700'),
  });
  ledger.make(['reduce'], [[oxide, mass('1000')]], [metal]);
  const id = certificateId(REGISTRY, 1);
  const { signed } = ledger.issue(id, await ledger.facts(metal.id), 1);
  return { certificate: signed.statement, oxide, metal: metal.id };
}

/** The import as the other registry records it, and its batch there; the rest is libs/rules’. */
function imported(certificate: object, metal: string, composition = NDPR_METAL) {
  const release = { origin: 'registry.au.example/log', index: 40, statement: 'ee'.repeat(32) };
  const credentialSubject = {
    id: IMPORTED,
    release,
    home: { registry: REGISTRY, jurisdiction: 'AU', batch: metal },
    certificate,
    recognition: `${didOf('usauthority')}/recognitions/AU`,
    evidence: 'aa'.repeat(32),
    receivedAt: '2026-03-19T00:00:00Z',
    transfersTitle: true,
  };
  const statement = {
    type: ['VerifiableCredential', 'Import'],
    issuer: didOf('importer'),
    credentialSubject,
  };
  const signed = { statement, type: 'Import', digest: 'bb'.repeat(32), identity: '', signers: [] };
  const batch = newBatch(
    {
      id: IMPORTED,
      form: 'metal',
      lot: null,
      facility: null,
      basis: 'net',
      massMg: '700000000',
      pieces: null,
      composition,
      custodyModel: 'segregated',
      owner: didOf('importer'),
      custodian: didOf('importer'),
      madeAt: null,
      availableFrom: credentialSubject.receivedAt,
      origins: [],
      recycled: [],
      flags: [],
    },
    AT,
  );
  const state = new Map<string, Json>();
  const [key, value] = writeState(`batch:${IMPORTED}`, batch);
  state.set(key, value!);
  const record = { signed, at: AT } as unknown as Recorded;
  return { facts: certificateFacts({ batch: IMPORTED, records: [record] }, state), release };
}

describe('the facts about an imported batch', () => {
  it('are those that its home registry certified, with the import that brought them', async () => {
    const { certificate, oxide, metal } = await certifiedAtHome();
    const { facts, release } = imported(certificate, metal);
    expect(facts.processes).toMatchObject([{ steps: ['reduce'], elements: ['Nd', 'Pr'] }]);
    expect(facts.intakes).toMatchObject([
      { batch: oxide, origins: [{ elements: ['Nd', 'Pr'], step: 'separate', country: 'MY' }] },
    ]);
    expect(facts.imports).toEqual([
      {
        at: { origin: AT.origin, index: AT.index, statement: 'bb'.repeat(32) },
        batch: IMPORTED,
        release,
        jurisdiction: 'AU',
        homeBatch: metal,
        certificate: createHash('sha256').update(canonicalize(certificate)).digest('hex'),
        recognition: `${didOf('usauthority')}/recognitions/AU`,
      },
    ]);
  });

  it('rest on the assurance that the home registry stated', async () => {
    const { certificate, metal } = await certifiedAtHome();
    const home = certificate.credentialSubject as Record<string, unknown>;
    const { facts } = imported(certificate, metal);
    expect(facts.quantityAssurance).toEqual(home.quantityAssurance);
    expect(facts.compositionAssurance).toEqual(home.compositionAssurance);
  });

  it('never give an imported element a chain that another element went through', async () => {
    const { certificate, metal } = await certifiedAtHome();
    const withoutPraseodymium = structuredClone(certificate) as unknown as {
      credentialSubject: { composition: object };
    };
    withoutPraseodymium.credentialSubject.composition = [{ substance: 'Nd', percent: '75' }];
    const { facts } = imported(withoutPraseodymium, metal, NDPR_OXIDE);
    expect(facts.processes[0]!.elements).toEqual(['Nd']);
    expect(facts.intakes[0]!.origins[0]!.elements).toEqual(['Nd']);
  });
});
