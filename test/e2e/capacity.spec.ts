import { nodeCrypto, type KeySigner } from '#lib/keys';
import { inspectBundle } from '#lib/verification';
import { bundleOf, certify, mass } from '../support/registry-journey.js';
import { daysAgo, startRegistry, type TestRegistry } from '../support/registry.js';

describe('a plant that makes more in a year than it can', () => {
  let au: TestRegistry;
  let maker: KeySigner;

  const event = (steps: string[], days: number, inputs: object[], output: object) =>
    au.say(maker, 'MakeEvent', {
      facility: `${maker.did}/facilities/works`,
      steps,
      start: daysAgo(days + 1),
      end: daysAgo(days),
      inputs,
      outputs: [{ custodyModel: 'segregated', ...output }],
      losses: [],
    });
  const mine = () =>
    event(['mine', 'beneficiate'], 40, [], {
      id: `${maker.did}/batches/C-1`,
      lot: 'C-1',
      form: 'concentrate',
      quantity: mass('10000'),
      composition: [{ substance: 'Nd2O3', percent: '40' }],
    });
  const makeOxide = (lot: string) =>
    event(
      ['crack', 'separate', 'calcine'],
      30,
      [{ batch: `${maker.did}/batches/C-1`, quantity: mass('2600') }],
      {
        id: `${maker.did}/batches/${lot}`,
        lot,
        form: 'oxide',
        quantity: mass('900'),
        composition: [{ substance: 'Nd2O3', percent: '99' }],
      },
    );

  beforeAll(async () => {
    au = await startRegistry();
    maker = await au.party('Wandarra Mining Pty Ltd', ['processor']);
    await au.say(
      maker,
      'FacilityRegistration',
      {
        id: `${maker.did}/facilities/works`,
        name: 'Works',
        country: 'AU',
        location: { latitude: '-30.78', longitude: '121.47' },
        licensedSteps: ['mine', 'beneficiate', 'crack', 'separate', 'calcine'],
        capacity: [{ step: 'calcine', perYear: mass('1500') }],
      },
      { with: [au.authority] },
    );
  });
  afterAll(() => au?.close());

  it('is flagged from the batch that goes over, in its certificate and in its proven bundle', async () => {
    await mine();
    await makeOxide('O-1');
    await makeOxide('O-2');
    const flagsOf = async (lot: string) => {
      const issued = await certify(au, maker, `${maker.did}/batches/${lot}`);
      const { body } = await au.http().get(`/certificates/${issued.path}`);
      const trust = (await au.http().get('/trust.json')).body;
      const bundle = await bundleOf(au, issued);
      const report = await inspectBundle(nodeCrypto, bundle, trust, {
        at: new Date().toISOString(),
      });
      expect(report.checks.filter(({ result }) => result === 'fail')).toEqual([]);
      expect(report.accepted).toBe(true);
      return (body.certificate.credentialSubject.flags as { kind: string }[]).map(
        ({ kind }) => kind,
      );
    };
    expect(await flagsOf('O-1')).toEqual([]);
    expect(await flagsOf('O-2')).toEqual(['capacity-exceeded']);
  });
});
