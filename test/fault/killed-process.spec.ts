import { setTimeout as sleep } from 'node:timers/promises';
import { MOMENTS, STEPS, type Moment, type Step } from './database-tap.js';
import { openTrade, registerCrowd, tradeUntil, type Trade } from './load.js';
import { Rig } from './rig.js';
import { AT_LENGTH, pick, randomOf, seedsOf } from './seeds.js';

const HANDS = 4;

jest.setTimeout(AT_LENGTH ? 3_600_000 : 90_000);

describe('a process that is killed with -9 while it records', () => {
  let rig: Rig;
  let trade: Trade;

  beforeAll(async () => {
    rig = await Rig.start();
    trade = await openTrade(rig.audience);
  });
  afterAll(() => rig?.close());

  /** Trades until what befalls the processes is over, then a moment longer. */
  async function underLoad(fault: () => Promise<void>): Promise<void> {
    let isOver = false;
    const trading = tradeUntil(rig.audience, trade, HANDS, () => isOver);
    const crowd = registerCrowd(rig.audience);
    try {
      await fault();
    } finally {
      isOver = true;
    }
    await crowd;
    expect(await trading).toBeGreaterThan(0);
  }

  /** Kills the first process at that moment of its next batch, and starts it again. */
  async function killAt(step: Step, moment: Moment): Promise<void> {
    const [victim] = rig.processes;
    const struck = new Promise<void>((resolve, reject) => {
      const strike = () => void victim!.kill().then(resolve, reject);
      rig.tap.ambush = { step, moment, cuts: true, strike };
    });
    await struck;
    await victim!.start();
  }

  const everywhere = (Object.keys(STEPS) as Step[]).flatMap((step) =>
    MOMENTS.map((moment) => [step, moment] as const),
  );
  const chosen: typeof everywhere = [
    ['lock head', 'while it runs'],
    ['insert statements', 'when it is done'],
    ['move head', 'while it runs'],
    ...MOMENTS.map((moment) => ['commit', moment] as const),
  ];

  it.each(AT_LENGTH ? everywhere : chosen)(
    'loses nothing at the step "%s", %s',
    async (step, moment) => {
      await underLoad(() => killAt(step, moment));
    },
  );

  it.each(seedsOf(1))('loses nothing at any other moment (seed %i)', async (seed) => {
    const random = randomOf(seed);
    await underLoad(async () => {
      for (let kill = 0; kill < 2; kill++) {
        await sleep(random() * 400);
        const victim = pick(random, rig.processes);
        await victim.kill();
        await victim.start();
      }
    });
    if (AT_LENGTH && seed % 10 === 0) await rig.inspect();
  });

  it('has both processes killed at once, and goes on where it was', async () => {
    await underLoad(async () => {
      await sleep(150);
      await Promise.all(rig.processes.map((each) => each.kill()));
      await Promise.all(rig.processes.map((each) => each.start()));
    });
  });

  it('has lost nothing, said nothing twice and shown one history to everybody', async () => {
    expect(await rig.inspect()).toBeGreaterThan(50);
    expect(rig.testimony.acknowledged.length).toBeGreaterThan(50);
    expect(rig.witness!.size).toBeGreaterThan(0);
  });
});
