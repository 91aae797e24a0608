import {
  readBatch,
  replay,
  walkProvenance,
  certificateFacts,
  MATERIAL_DECIDERS,
} from '#lib/materials';
import type { BatchState, CertificateFacts, Recorded } from '#lib/materials';
import { didOf, keyNamed, RecordingLedger, type Deciders } from '../support/recording-ledger.js';
import {
  accreditationSubject,
  answerSubject,
  batchId,
  certificateId,
  CONCENTRATE,
  facilitySubject,
  intakeSubject,
  makeSubject,
  mass,
  NDPR_METAL,
  NDPR_OXIDE,
  offerSubject,
  output,
  partySubject,
  statusEntries,
  type Change,
} from '../support/statements.js';

export const DOMAIN = 'registry.au.example';
export const REGISTRY = `did:web:${DOMAIN}`;
/** The key with which the registry signs, by name. */
export const REGISTRY_KEY_NAME = 'registry';

const ALL_STEPS =
  'mine beneficiate crack separate calcine reduce cast decrepitate mill press sinter machine coat magnetise recycle split blend'.split(
    ' ',
  );

/** An Australian ledger with its firms registered. All are fictitious. */
export class Outback extends RecordingLedger {
  readonly mine = `${didOf('miner')}/facilities/pit`;
  readonly works = `${didOf('separator')}/facilities/works`;
  readonly plant = `${didOf('magnetmaker')}/facilities/plant`;
  readonly accreditation = `${didOf('accreditor')}/accreditations/L-2041`;

  constructor(deciders: Deciders = MATERIAL_DECIDERS, genesis: Change = {}) {
    super(`${DOMAIN}/log`, '2026-03-10T00:00:00.000Z', deciders);
    this.say(REGISTRY, 'RegistryGenesis', genesisSubject(genesis), { by: [REGISTRY_KEY_NAME] });
    this.party('miner', ['processor']);
    this.party('separator', ['processor']);
    this.party('magnetmaker', ['processor', 'buyer']);
    this.party('haulier', ['carrier']);
    this.party('laboratory', ['laboratory']);
    this.party('accreditor', ['accreditation-body']);
    this.party('ironmonger', ['supplier']);
    this.facility('miner', this.mine, ['mine', 'beneficiate', 'split']);
    this.facility('separator', this.works, ALL_STEPS);
    this.facility('magnetmaker', this.plant, ALL_STEPS);
    this.say(
      'accreditor',
      'Accreditation',
      accreditationSubject(this.accreditation, didOf('laboratory')),
    );
  }

  /** Registers a party of that name; its key signs beside the authority's. */
  party(name: string, roles: string[], change: Change = {}): Recorded {
    const subject = partySubject(didOf(name), `${name} Pty Ltd`, roles, change);
    return this.say('authority', 'PartyRegistration', subject, { by: ['authority', name] });
  }

  facility(operator: string, id: string, steps: string[], change: Change = {}): Recorded {
    const subject = facilitySubject(id, steps, change);
    return this.say(operator, 'FacilityRegistration', subject, { by: [operator, 'authority'] });
  }

  /** The miner digs and floats concentrate: 20 t unless said otherwise. */
  concentrate(name = 'C-1', change: Change = {}): string {
    const id = batchId(didOf('miner'), name);
    const product = output(id, {
      form: 'concentrate',
      quantity: mass('20000'),
      composition: CONCENTRATE,
      custodyModel: 'identity-preserved',
      ...change,
    });
    const times = { start: '2026-03-01T00:00:00Z', end: '2026-03-01T12:00:00Z' };
    this.say(
      'miner',
      'MakeEvent',
      makeSubject(this.mine, ['mine', 'beneficiate'], [], [product], times),
    );
    return id;
  }

  /** The separator takes in oxide from outside: a tonne of didymium oxide unless said otherwise. */
  oxide(name = 'O-1', change: Change = {}): string {
    return this.intake('separator', this.works, name, {
      form: 'oxide',
      composition: NDPR_OXIDE,
      ...change,
    });
  }

  /** A party takes material in from outside: a tonne of iron unless said otherwise. */
  intake(holder: string, facility: string, name: string, change: Change = {}): string {
    const id = batchId(didOf(holder), name);
    this.say(holder, 'Intake', intakeSubject(id, facility, change));
    return id;
  }

  /** The separator makes something of its batches at its works. */
  make(
    steps: string[],
    inputs: readonly (readonly [batch: string, quantity: object])[],
    outputs: object[],
    change: Change = {},
  ): Recorded {
    return this.say(
      'separator',
      'MakeEvent',
      makeSubject(this.works, steps, inputs, outputs, change),
    );
  }

  offer(from: string, to: string, batch: string, quantity: object, change: Change = {}): string {
    const subject = offerSubject(batch, didOf(to), quantity, change);
    return this.say(from, 'HandoverOffer', subject).signed.digest;
  }

  answer(by: string, offer: string, batch: string, change: Change = {}): Recorded {
    return this.say(by, 'HandoverAnswer', answerSubject(offer, batch, change));
  }

  /** Offer and answer at once, on one day of March; of a part when it has a name. */
  handOver(
    from: string,
    to: string,
    batch: string,
    quantity: object,
    part?: string,
    day = 3,
  ): void {
    const on = (hour: string) => `2026-03-0${day}T${hour}:00:00Z`;
    const offer = this.offer(from, to, batch, quantity, { dispatchedAt: on('08') });
    const change = part === undefined ? {} : { newBatch: part };
    this.answer(to, offer, batch, { receivedAt: on('09'), ...change });
  }

  /** Facts as the registry draws them up, from what the ledger holds now. */
  async facts(batch: string): Promise<CertificateFacts> {
    const provenance = await walkProvenance({ history: this.history }, batch);
    return certificateFacts(provenance, replay(provenance.records, MATERIAL_DECIDERS));
  }

  /** The registry certifies the facts as they are now; returns the certificate's id. */
  async certify(batch: string, number: number, change: Change = {}): Promise<string> {
    const id = certificateId(REGISTRY, number);
    this.issue(id, await this.facts(batch), number, change);
    return id;
  }

  /** Records a certificate of these facts. */
  issue(
    id: string | undefined,
    facts: CertificateFacts,
    number: number,
    change: Change = {},
    validUntil = '2028-03-10T00:00:00Z',
  ): Recorded {
    const asOf = { origin: this.origin, treeSize: this.records.length, rootHash: 'cd'.repeat(32) };
    const members = {
      ...(id === undefined ? {} : { id }),
      validUntil,
      credentialStatus: statusEntries(DOMAIN, number),
    };
    const subject = { ...facts, asOf, ...change };
    return this.say(REGISTRY, 'Certificate', subject, { by: [REGISTRY_KEY_NAME], members });
  }

  batch(id: string): BatchState {
    return readBatch(this.state, id)!;
  }
}

export function genesisSubject(change: Change = {}) {
  return {
    id: REGISTRY,
    name: 'Rare Earth Registry of Australia',
    jurisdiction: 'AU',
    origin: `${DOMAIN}/log`,
    logKey: `${DOMAIN}/log+0a1b2c3d+${'A'.repeat(44)}`,
    keys: [keyNamed(REGISTRY_KEY_NAME)],
    authority: didOf('authority'),
    yieldBands: [],
    ...change,
  };
}

/** A batch of the separator's own making. */
export const separatorBatch = (name: string): string => batchId(didOf('separator'), name);

/** A ledger with metal at the separator’s, made of oxide that was taken in. */
export function metalMade() {
  const ledger = new Outback();
  const oxide = ledger.oxide();
  const metal = output(separatorBatch('M-1'), {
    form: 'metal',
    composition: NDPR_METAL,
    quantity: mass('700'),
  });
  ledger.make(['reduce'], [[oxide, mass('1000')]], [metal]);
  return { ledger, oxide, metal: metal.id };
}

/** A kilogram of metal split off later. */
export const METAL_PIECE = output(separatorBatch('M-1a'), {
  form: 'metal',
  composition: NDPR_METAL,
  quantity: mass('1'),
});

/** An hour on that day of March. */
export const inMarch = (day: number) => ({
  start: `2026-03-0${day}T00:00:00Z`,
  end: `2026-03-0${day}T01:00:00Z`,
});
