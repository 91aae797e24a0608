import { setTimeout as sleep } from 'node:timers/promises';
import { type Moment, type Step } from './database-tap.js';
import { openTrade, registration, tradeUntil, type Trade } from './load.js';
import { Rig } from './rig.js';
import { AT_LENGTH, pick, randomOf, seedsOf } from './seeds.js';

jest.setTimeout(AT_LENGTH ? 3_600_000 : 90_000);

/** Longer than the database lets a transaction idle (5 s), so that the frozen one is thrown out. */
const FREEZE_MS = 6_500;

describe('two processes on one log', () => {
  let rig: Rig;
  let trade: Trade;

  beforeAll(async () => {
    // A process that stands still does not answer: its clients go to the other.
    rig = await Rig.start({ insistence: { patienceMs: 1_500 } });
    trade = await openTrade(rig.audience);
  });
  afterAll(() => rig?.close());

  const struck = (step: Step, moment: Moment, cuts: boolean, effect = () => undefined as void) =>
    new Promise<void>((resolve) => {
      const strike = () => resolve(effect());
      rig.tap.ambush = { step, moment, cuts, strike };
    });

  /** Posts once to a process; what it answers, or undefined. */
  async function post(url: string, body: Uint8Array) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/statements`, {
      method: 'POST',
      headers,
      body: Buffer.from(body),
    });
    return { status: answer.status, receipt: await answer.text() };
  }

  it.each(['before it is sent', 'while it runs'] as const)(
    'give one receipt when the connection is cut at COMMIT, %s, and both are asked again',
    async (moment) => {
      const [one, two] = rig.processes;
      for (let round = 0; round < 5; round++) {
        const body = await registration(rig.audience);
        const cut = struck('commit', moment, true);
        const first = post(one!.url, body);
        await cut;
        const second = await post(two!.url, body);
        const answers = [await first, second, await post(one!.url, body)];
        expect(new Set(answers.map(({ receipt }) => receipt)).size).toBe(1);
        expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
        await rig.testimony.say(() => [two!.url], body);
      }
    },
  );

  it.each(seedsOf(2))(
    'go on when one is stopped in the middle of a batch, and take it back later (seed %i)',
    async (seed) => {
      const random = randomOf(seed);
      const step = pick(random, ['lock head', 'insert statements', 'move head', 'commit'] as const);
      const moment = pick(random, ['while it runs', 'when it is done'] as const);
      const [frozen, other] = rig.processes;
      let isOver = false;
      const trading = tradeUntil(rig.audience, trade, 3, () => isOver);
      await struck(step, moment, false, () => frozen!.freeze());
      const before = rig.testimony.acknowledged.length;
      await sleep(FREEZE_MS);
      // The lock that it held was taken from it, and the other has committed since.
      const during = rig.testimony.acknowledged.length;
      await rig.testimony.look(other!.url);
      frozen!.thaw();
      await sleep(500);
      isOver = true;
      await trading;
      expect(during).toBeGreaterThan(before);
      const again = await post(frozen!.url, await registration(rig.audience));
      expect(again.status).toBe(201);
    },
  );

  it('have one history, whichever of them tells it', async () => {
    for (const each of rig.processes) expect(await rig.inspect(each)).toBeGreaterThan(20);
  });
});
