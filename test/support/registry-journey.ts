import type { KeySigner } from '#lib/keys';
import { dateDaysAgo, daysAgo, type TestRegistry } from './registry.js';

/** A mass on the net basis. */
export const mass = (value: string, unit: 'KGM' | 'TNE' = 'KGM') => ({ value, unit, basis: 'net' });

const composition = (percents: Record<string, string>) =>
  Object.entries(percents).map(([substance, percent]) => ({ substance, percent }));

/** Everybody behind an Australian oxide, and the oxide. All are fictitious. */
export interface AustralianOxide {
  miner: KeySigner;
  separator: KeySigner;
  laboratory: KeySigner;
  concentrate: string;
  oxide: string;
}

/** Mined, handed over, separated into 1,700 kg of oxide whose lot and mass are secrets, and assayed. */
export async function makeOxide(au: TestRegistry): Promise<AustralianOxide> {
  const miner = await au.party('Wandarra Mining Pty Ltd', ['processor']);
  const separator = await au.party('Goldfields Separation Pty Ltd', ['processor']);
  const laboratory = await au.party('Swan River Assay Laboratory', ['laboratory']);
  const accreditor = await au.party('Southern Cross Accreditation', ['accreditation-body']);
  const mine = await registerFacility(au, miner, 'mine', ['mine', 'beneficiate']);
  const works = await registerFacility(au, separator, 'works', ['crack', 'separate', 'calcine']);
  const concentrate = `${miner.did}/batches/C-1`;
  const oxide = `${separator.did}/batches/O-1`;
  await au.say(miner, 'MakeEvent', {
    ...made(mine, ['mine', 'beneficiate'], 40, []),
    outputs: [
      output(concentrate, 'concentrate', mass('10', 'TNE'), {
        CeO2: '30',
        Nd2O3: '15',
        Pr6O11: '4',
      }),
    ],
  });
  await handOver(au, miner, separator, concentrate, mass('10', 'TNE'), 36);
  await au.say(
    separator,
    'MakeEvent',
    {
      ...made(works, ['crack', 'separate', 'calcine'], 30, [[concentrate, mass('10', 'TNE')]]),
      outputs: [output(oxide, 'oxide', mass('1700'), { Nd2O3: '75', Pr6O11: '20' })],
    },
    { blind: ['outputs/0/lot', 'outputs/0/quantity'] },
  );
  const accreditation = `${accreditor.did}/accreditations/L-2041`;
  await au.say(accreditor, 'Accreditation', {
    id: accreditation,
    holder: laboratory.did,
    standard: 'ISO/IEC 17025:2017',
    scope: { methods: ['ICP-OES'], forms: ['oxide'] },
    validFrom: dateDaysAgo(400),
    validUntil: dateDaysAgo(-400),
  });
  await au.say(laboratory, 'Assay', {
    batch: oxide,
    accreditation,
    method: 'ICP-OES',
    sampledOn: dateDaysAgo(25),
    testedOn: dateDaysAgo(24),
    composition: composition({ Nd2O3: '75', Pr6O11: '20' }),
    report: { title: 'Report 2041-17', digest: 'ab'.repeat(32), mediaType: 'application/pdf' },
  });
  return { miner, separator, laboratory, concentrate, oxide };
}

/** Custody of the whole batch passes, with title. */
export async function handOver(
  registry: TestRegistry,
  from: KeySigner,
  to: KeySigner,
  batch: string,
  quantity: ReturnType<typeof mass>,
  days: number,
): Promise<void> {
  const { digest } = await registry.say(from, 'HandoverOffer', {
    batch,
    to: to.did,
    quantity,
    transfersTitle: true,
    dispatchedAt: daysAgo(days),
    validUntil: daysAgo(-3),
  });
  await registry.say(to, 'HandoverAnswer', {
    offer: digest,
    batch,
    answer: 'accepted',
    quantity,
    receivedAt: daysAgo(days - 1),
  });
}

/** A certificate as POST /certificates answers it. */
export interface Issued {
  id: string;
  /** The last segment of the id. */
  path: string;
  authorization: string;
}

/** The certificate of a batch, asked for by a party. */
export async function certify(
  registry: TestRegistry,
  party: KeySigner,
  batch: string,
): Promise<Issued> {
  const authorization = await registry.session(party);
  const answer = await registry
    .http()
    .post('/certificates')
    .set('authorization', authorization)
    .send({ batch });
  if (answer.status !== 201) throw new Error(`No certificate: ${answer.text}`);
  const { id } = (answer.body as { certificate: { id: string } }).certificate;
  return { id, path: id.slice(id.lastIndexOf('/') + 1), authorization };
}

/** The exact bytes of a certificate's bundle, as its holder gets them. */
export async function bundleOf(registry: TestRegistry, certificate: Issued): Promise<Buffer> {
  const answer = await registry
    .http()
    .get(`/certificates/${certificate.path}/bundle`)
    .set('authorization', certificate.authorization)
    .buffer(true)
    .parse((response, done) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done(null, Buffer.concat(chunks)));
    });
  if (answer.status !== 200) throw new Error(`No bundle: ${String(answer.body)}`);
  return answer.body as Buffer;
}

/** Releases a certified batch for import at another registry. */
export async function release(
  home: TestRegistry,
  holder: KeySigner,
  batch: string,
  certificate: string,
  destination: TestRegistry,
  importer: string,
) {
  const { did, origin, jurisdiction } = destination.registry.identity;
  const receipt = await home.say(holder, 'Release', {
    batch,
    certificate,
    destination: {
      registry: did,
      origin,
      jurisdiction,
      key: destination.registry.signer.publicKeyMultibase,
    },
    importer,
    transfersTitle: true,
    releasedAt: daysAgo(10),
  });
  return { origin: receipt.origin, index: receipt.index, statement: receipt.digest };
}

/** The recognition of one registry's oxide by the authority of another. */
export async function recognise(
  registry: TestRegistry,
  home: TestRegistry,
  name = 'AU-1',
  validUntil = dateDaysAgo(-365),
): Promise<string> {
  const id = `${registry.authority.did}/recognitions/${name}`;
  const { did, jurisdiction, origin, vkey } = home.registry.identity;
  await registry.say(registry.authority, 'Recognition', {
    id,
    registry: did,
    jurisdiction,
    origin,
    logKey: vkey,
    scope: {
      forms: ['oxide'],
      steps: ['mine', 'beneficiate', 'crack', 'separate', 'calcine'],
      custodyModels: ['identity-preserved', 'segregated'],
      minimumAssurance: 'self-declared',
    },
    validFrom: dateDaysAgo(30),
    validUntil,
    instrument: 'Exchange of letters of 1 March 2026',
  });
  return id;
}

async function registerFacility(
  registry: TestRegistry,
  operator: KeySigner,
  name: string,
  licensedSteps: string[],
): Promise<string> {
  const id = `${operator.did}/facilities/${name}`;
  await registry.say(
    operator,
    'FacilityRegistration',
    {
      id,
      name: `The ${name}`,
      country: registry.configuration.jurisdiction,
      location: { latitude: '-28.86', longitude: '122.54' },
      licensedSteps,
      capacity: [],
    },
    { with: [registry.authority] },
  );
  return id;
}

function made(
  facility: string,
  steps: string[],
  days: number,
  inputs: [string, ReturnType<typeof mass>][],
) {
  return {
    facility,
    steps,
    start: daysAgo(days),
    end: daysAgo(days - 2),
    inputs: inputs.map(([batch, quantity]) => ({ batch, quantity })),
    losses: [],
  };
}

function output(
  id: string,
  form: string,
  quantity: ReturnType<typeof mass>,
  percents: Record<string, string>,
) {
  const lot = id.slice(id.lastIndexOf('/') + 1);
  const custodyModel = 'segregated';
  return { id, lot, form, quantity, composition: composition(percents), custodyModel };
}
