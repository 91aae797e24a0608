import { setTimeout as sleep } from 'node:timers/promises';
import { openTrade, tradeUntil, type Trade } from './load.js';
import { RecordingWitness, type Mood, type WitnessReply } from './recording-witness.js';
import { Rig } from './rig.js';
import { AT_LENGTH } from './seeds.js';

jest.setTimeout(AT_LENGTH ? 1_800_000 : 90_000);

/** Answers again what it answered first, whatever it is asked. */
function replaying(): Mood {
  let first: WitnessReply | undefined;
  return (honest) => (first ??= honest);
}

const LARGER = { status: 409, body: '999999\n', type: 'text/x.tlog.size' };

const MOODS: [string, Mood, RegExp][] = [
  ['is away', () => undefined, /cannot be reached/],
  [
    'takes longer than it may',
    async (honest) => {
      await sleep(4_000);
      return honest;
    },
    /did not answer within 3000 ms/,
  ],
  [
    'says that it holds a larger tree',
    (honest, { method }) => (method === 'GET' ? honest : LARGER),
    /shows no checkpoint of ours to prove it/,
  ],
  ['answers again what it answered before', replaying(), /cosignature|verif/],
  [
    'answers with a megabyte',
    () => ({ status: 200, body: '— '.repeat(2 ** 18) }),
    /over 69632 bytes/,
  ],
  [
    'sends one elsewhere',
    () => ({ status: 307, body: '', headers: { location: 'http://127.0.0.1:1/' } }),
    /redirect, which is not followed/,
  ],
];

describe('a log under load whose witness errs', () => {
  let rig: Rig;
  let trade: Trade;

  beforeAll(async () => {
    rig = await Rig.start({ processes: 1 });
    trade = await openTrade(rig.audience);
  });
  afterAll(() => rig?.close());

  const health = async () => {
    const answer = await fetch(`${rig.urls[0]}/health/ready`);
    const { witnesses, warnings, treeSize } = (await answer.json()) as {
      witnesses: { problem?: string }[];
      warnings: string[];
      treeSize: number;
    };
    return { status: answer.status, problem: witnesses[0]?.problem, warnings, treeSize };
  };

  /** Trades until something holds, at least for a moment; gives whether it came to hold. */
  async function tradeUntilIt(holds: () => Promise<boolean>, withinMs = 8_000): Promise<boolean> {
    let isOver = false;
    const trading = tradeUntil(rig.audience, trade, 2, () => isOver);
    const deadline = Date.now() + withinMs;
    let held = false;
    while (!held && Date.now() < deadline) {
      await sleep(100);
      held = await holds();
    }
    isOver = true;
    expect(await trading).toBeGreaterThan(0);
    return held;
  }

  const isCosigned = async () => rig.witness!.size === (await health()).treeSize;

  it.each(MOODS)('goes on when it %s, and says so', async (_story, mood, problem) => {
    rig.witness!.mood = mood;
    const before = rig.witness!.requests;
    try {
      const said = await tradeUntilIt(async () => problem.test((await health()).problem ?? ''));
      expect([said, (await health()).status]).toEqual([true, 200]);
      expect(rig.witness!.requests).toBeGreaterThan(before);
    } finally {
      rig.witness!.mood = undefined;
    }
    expect(await tradeUntilIt(async () => (await health()).problem === undefined)).toBe(true);
  });

  it('does not follow a policy in which one key has two names, and does not start with it', async () => {
    const { witness, processes } = rig;
    const twin = await RecordingWitness.start('other.example/witness', witness!.name);
    rig.writePolicy(witness!.policyLine, twin.policyLine);
    expect((await health()).warnings.join()).toMatch(/policy .* is not followed/);
    await processes[0]!.stop();
    await expect(processes[0]!.start()).rejects.toThrow(/policy .* is not followed/);
    rig.writePolicy(witness!.policyLine);
    await processes[0]!.start();
    await twin.close();
  });

  it('is cosigned up to its end, and was never shown to anybody as forked', async () => {
    await tradeUntilIt(isCosigned);
    for (let i = 0; i < 200 && !(await isCosigned()); i++) await sleep(50);
    expect(await isCosigned()).toBe(true);
    expect(await rig.inspect()).toBeGreaterThan(20);
  });
});
