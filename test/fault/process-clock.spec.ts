import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { presentationBy, signDocument } from '#lib/credentials';
import { nodeCrypto, type KeySigner } from '#lib/keys';
import { formatAddCheckpoint, parseEntry } from '#lib/tlog';
import { MemoryLog } from '../support/memory-log.js';
import { daysAgo } from '../support/submission.js';
import { intake, openTrade, registration, tradeUntil, type Trade } from './load.js';
import { SETTABLE_CLOCK } from './registry-process.js';
import { Rig } from './rig.js';
import { AT_LENGTH, pick, randomOf, seedsOf } from './seeds.js';

jest.setTimeout(AT_LENGTH ? 1_800_000 : 90_000);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const STEPS = [HOUR, -HOUR, 2 * DAY, -40 * DAY, 5 * 365 * DAY, 1_500, -1_500, 0];
const STEP_EVERY_MS = 150;

interface Dated {
  validFrom: string;
  proof: { created: string };
}

describe('a process whose own clock is stepped, the database’s being right', () => {
  let rig: Rig;
  let trade: Trade;

  beforeAll(async () => {
    rig = await Rig.start({ processes: 1, settings: SETTABLE_CLOCK });
    trade = await openTrade(rig.audience);
  });
  afterAll(() => rig?.close());
  afterEach(() => step(0));

  const step = (milliseconds: number) => rig.processes[0]!.stepClock(milliseconds);

  /** One request to it; what it answers. */
  async function ask(path: string, init: RequestInit = {}) {
    const answer = await fetch(`${rig.urls[0]}${path}`, init);
    const text = await answer.text();
    return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  const post = (path: string, body: object, authorization?: string) =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
      body: JSON.stringify(body),
    });

  /** The Authorization header of a session, or the name of the problem. */
  async function logIn(key: KeySigner): Promise<string> {
    const { challenge, domain } = (await ask('/sessions/challenge')).body;
    const presentation = await signDocument(nodeCrypto.sha256, presentationBy(key.did), key, {
      created: daysAgo(0),
      proofPurpose: 'authentication',
      challenge,
      domain,
    });
    const { status, body } = await post('/sessions', presentation);
    return status === 201 ? `Bearer ${body.token}` : body.type;
  }

  const knows = async (authorization: string) =>
    (await ask(`/batches/${encodeURIComponent(batch)}`, { headers: { authorization } })).status;
  let batch: string;

  beforeAll(async () => {
    await rig.testimony.say(() => rig.urls, await intake(trade, 'of-the-clock'));
    batch = `${trade.holder.did}/batches/of-the-clock`;
  });

  const listedSince = async () => ((await ask('/status/revocation')).body as Dated).validFrom;

  /** How it stands with the one witness. */
  async function witness() {
    const { witnesses, treeSize } = (await ask('/health/ready')).body;
    const { cosignedSize, problem } = witnesses[0];
    return { isCosigned: cosignedSize === treeSize, problem: String(problem) };
  }

  async function comesTo(holds: () => Promise<boolean>, withinMs = 8_000): Promise<boolean> {
    for (const end = Date.now() + withinMs; Date.now() < end; await sleep(50))
      if (await holds()) return true;
    return false;
  }

  it.each(seedsOf(1))(
    'records in the database’s time, whatever its own says (seed %i)',
    async (seed) => {
      const random = randomOf(seed);
      const [began, first] = [Date.now(), rig.testimony.acknowledged.length];
      let isOver = false;
      const trading = tradeUntil(rig.audience, trade, 3, () => isOver);
      for (let i = 0; i < STEPS.length; i++) {
        await step(AT_LENGTH ? pick(random, STEPS) : STEPS[i]!);
        await sleep(STEP_EVERY_MS);
      }
      isOver = true;
      expect(await trading).toBeGreaterThan(0);
      const entries = rig.testimony.acknowledged
        .slice(first)
        .map(({ receipt }) => parseEntry(Buffer.from(receipt.entry)))
        .sort((a, b) => a.index - b.index);
      const times = entries.map(({ recordedAt }) => Date.parse(recordedAt));
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(times[0]).toBeGreaterThan(began - 1_000);
      expect(times.at(-1)).toBeLessThan(Date.now() + 1_000);
    },
  );

  it('asks its witness as before when the clock is put back by a day', async () => {
    await step(DAY);
    await rig.testimony.say(() => rig.urls, await registration(rig.audience));
    expect(await comesTo(async () => (await witness()).isCosigned)).toBe(true);
    await step(0);
    await rig.testimony.say(() => rig.urls, await registration(rig.audience));
    expect(await comesTo(async () => (await witness()).isCosigned)).toBe(true);
  });

  it('says what is wrong when its clock is so far behind that every cosignature is of the future', async () => {
    await step(-DAY);
    await rig.testimony.say(() => rig.urls, await registration(rig.audience));
    const isFuture = async () => /dated in the future/.test((await witness()).problem);
    expect(await comesTo(isFuture)).toBe(true);
    expect((await ask('/health/ready')).body.warnings.join()).toMatch(/clock differs/);
    await step(0);
    expect(await comesTo(async () => (await witness()).isCosigned)).toBe(true);
    expect((await ask('/health/ready')).body.warnings.join()).not.toMatch(/differs/);
  });

  it('gives no cosignature that is earlier than its last', async () => {
    const other = new MemoryLog('US', 'us.registry.example', daysAgo(0));
    await other.genesis();
    rig.writePolicy(rig.witness!.policyLine, `log ${other.logKey}`);
    const body = formatAddCheckpoint({ oldSize: 0, proof: [], note: other.checkpoint() });
    const add = (text: string) =>
      ask('/witness/add-checkpoint', {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: text,
      });
    await step(DAY);
    expect((await add(body)).status).toBe(200);
    await step(0);
    const again = formatAddCheckpoint({ oldSize: 1, proof: [], note: other.checkpoint() });
    const { status, body: problem } = await add(again);
    expect([status, problem.type]).toEqual([503, expect.stringMatching(/clock-behind$/)]);
    await step(2 * DAY);
    expect((await add(again)).status).toBe(200);
  });

  it('lets no session last longer than sessions do, however the clock is set', async () => {
    const session = await logIn(trade.holder);
    expect(await knows(session)).toBe(200);
    await step(2 * HOUR);
    expect(await knows(session)).toBe(401);
    const ahead = await logIn(trade.holder);
    expect(await knows(ahead)).toBe(200);
    await step(0);
    expect([await knows(session), await knows(ahead)]).toEqual([200, 401]);
    await step(-2 * HOUR);
    expect(await knows(session)).toBe(401);
    expect(await knows(await logIn(trade.holder))).toBe(200);
  });

  it.each([DAY, -DAY])('dates what it signs itself by the ledger (%i ms off)', async (by) => {
    const lot = `of-the-clock-${by}`;
    await rig.testimony.say(() => rig.urls, await intake(trade, lot));
    await step(by);
    const wanted = { batch: `${trade.holder.did}/batches/${lot}` };
    const { status, body } = await post('/certificates', wanted, await logIn(trade.holder));
    expect(status).toBe(201);
    const { validFrom, proof } = (body as { certificate: Dated }).certificate;
    for (const time of [validFrom, proof.created, await listedSince()])
      expect(Math.abs(Date.parse(time) - Date.now())).toBeLessThan(5_000);
  });

  it('keeps the connections that stand', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number>();
    try {
      for (const milliseconds of STEPS) {
        await step(milliseconds);
        const live = `${rig.urls[0]}/health/live`;
        await new Promise<void>((resolve, reject) => {
          http
            .get(live, { agent }, (answer) => {
              ports.add(answer.socket.localPort!);
              answer.resume().on('end', resolve);
            })
            .on('error', reject);
        });
      }
    } finally {
      agent.destroy();
    }
    expect(ports.size).toBe(1);
  });

  it('leaves a log whose times only ever grow, and nothing acknowledged is missing', async () => {
    expect(await rig.inspect()).toBeGreaterThan(20);
  });
});
