import type { Actor } from './actor.js';
import { daysAgo } from './calendar.js';
import { claim, drawn, lost, made, paper } from './material.js';
import type { Narrator } from './narrator.js';

const FORMING = ['decrepitate', 'mill', 'press', 'sinter', 'machine'];

/** First run, its scrap back into a remelt, a second run, and dysprosium diffused in late. */
export async function makeMagnets(
  maker: Actor,
  alloy: string,
  tell: Narrator,
): Promise<{ magnets: string; scrap: string }> {
  const swarf = await firstRun(maker, alloy, tell);
  const remelt = await remeltScrap(maker, swarf, tell);
  const { blanks, scrap } = await secondRun(maker, alloy, remelt, tell);
  const dysprosium = await buyDysprosium(maker, tell);
  return { magnets: await finish(maker, blanks, dysprosium, tell), scrap };
}

async function firstRun(maker: Actor, alloy: string, tell: Narrator): Promise<string> {
  const swarf = maker.id('batches', 'SWARF-500');
  const magnets = maker.id('batches', 'MAG-500');
  await tell.step(
    maker,
    'makes a first run at Durham, NC; 172 kg of swarf become a scrap lot',
    () =>
      maker.say('MakeEvent', {
        facility: maker.id('facilities', 'durham'),
        steps: [...FORMING, 'coat', 'magnetise'],
        start: daysAgo(120),
        end: daysAgo(112),
        inputs: [drawn(alloy, '650')],
        outputs: [
          made(
            magnets,
            'magnet',
            '455',
            { Nd: '22.3', Pr: '7.15', Fe: '69.0', B: '1.01' },
            { pieces: 11375, hsCode: '8505.11' },
          ),
          made(swarf, 'scrap', '172', { Nd: '22.2', Pr: '7.1', Fe: '68.5', B: '1.00' }),
        ],
        losses: [lost('sample', '1', { Nd: '22.3', Pr: '7.1', Fe: '69', B: '1' })],
      }),
  );
  return swarf;
}

async function remeltScrap(maker: Actor, swarf: string, tell: Narrator): Promise<string> {
  const remelt = maker.id('batches', 'REMELT-07');
  await tell.step(maker, 'remelts the scrap into 163 kg of alloy: what fell off goes back in', () =>
    maker.say('MakeEvent', {
      facility: maker.id('facilities', 'durham'),
      steps: ['recycle', 'cast'],
      start: daysAgo(108),
      end: daysAgo(106),
      inputs: [drawn(swarf, '172')],
      outputs: [made(remelt, 'alloy', '163', { Nd: '22.6', Pr: '7.2', Fe: '68.9', B: '1.01' })],
      losses: [],
    }),
  );
  return remelt;
}

async function secondRun(maker: Actor, alloy: string, remelt: string, tell: Narrator) {
  const blanks = maker.id('batches', 'BLANK-501');
  const scrap = maker.id('batches', 'SWARF-501');
  await tell.step(
    maker,
    'sinters and machines a second run, remelt included: 572 kg of blanks',
    () =>
      maker.say('MakeEvent', {
        facility: maker.id('facilities', 'durham'),
        steps: FORMING,
        start: daysAgo(105),
        end: daysAgo(98),
        inputs: [drawn(alloy, '650'), drawn(remelt, '163')],
        outputs: [
          made(blanks, 'magnet', '572', { Nd: '22.3', Pr: '7.1', Fe: '68.8', B: '1.00' }),
          made(scrap, 'scrap', '225', { Nd: '22.0', Pr: '7.0', Fe: '68.3', B: '0.99' }),
        ],
        losses: [lost('unaccounted', '12')],
      }),
  );
  return { blanks, scrap };
}

async function buyDysprosium(maker: Actor, tell: Narrator): Promise<string> {
  const dysprosium = maker.id('batches', 'DY-014');
  await tell.step(
    maker,
    'takes in 8 kg of dysprosium: mined in Brazil, separated in Estonia, reduced in Britain',
    () =>
      maker.say('Intake', {
        ...made(dysprosium, 'metal', '8', { Dy: '99.5' }),
        facility: maker.id('facilities', 'durham'),
        receivedAt: daysAgo(104),
        source: 'bought-in',
        supplierName: 'Mersey Rare Metals Ltd',
        origins: [
          claim('Dy', 'mine', 'BR'),
          claim('Dy', 'separate', 'EE'),
          claim('Dy', 'reduce', 'GB'),
        ],
        evidence: [paper('Supplier declaration DY-014', '2')],
      }),
  );
  return dysprosium;
}

async function finish(maker: Actor, blanks: string, dysprosium: string, tell: Narrator) {
  const magnets = maker.id('batches', 'MAG-501');
  const rejects = maker.id('batches', 'REJECT-501');
  const percents = { Nd: '22.1', Pr: '7.0', Dy: '0.95', Fe: '68.2', B: '0.99' };
  await tell.step(
    maker,
    'diffuses the dysprosium in, coats and magnetises: 560 kg, 14,000 magnets',
    () =>
      maker.say('MakeEvent', {
        facility: maker.id('facilities', 'durham'),
        steps: ['diffuse', 'coat', 'magnetise'],
        start: daysAgo(96),
        end: daysAgo(90),
        inputs: [drawn(blanks, '572'), drawn(dysprosium, '6')],
        outputs: [
          made(magnets, 'magnet', '560', percents, { pieces: 14000, hsCode: '8505.11' }),
          made(rejects, 'scrap', '16', { ...percents, Dy: '0.9' }),
        ],
        losses: [],
      }),
  );
  return magnets;
}
