import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { registration } from './load.js';
import { Rig } from './rig.js';
import { Testimony } from './testimony.js';

jest.setTimeout(90_000);

describe('a database that is put back from an older copy', () => {
  let rig: Rig;
  let copy: string;
  /** How many checkpoints the witness was shown before the fork. */
  let honest: number;

  beforeAll(async () => {
    rig = await Rig.start({ processes: 1, ownDatabase: true });
    copy = `${rig.clusterFolder}.copy`;
    await record(20);
    await cosigned();
    await exchange(() => fs.cpSync(rig.clusterFolder, copy, { recursive: true }));
    await record(20);
    await cosigned();
  });
  afterAll(() => rig?.close());

  const [newest, older] = ['newest', 'older'];

  async function record(count: number, testimony = rig.testimony, untilMs = 10_000): Promise<void> {
    const bodies = await Promise.all(
      Array.from({ length: count }, () => registration(rig.audience)),
    );
    await Promise.all(bodies.map((body) => testimony.say(() => rig.urls, body, { untilMs })));
  }

  const size = async () => Number((await newestCheckpoint()).split('\n')[1]);
  const newestCheckpoint = async () => (await get('/log/checkpoint')).text();
  /** On a connection of its own: those of the process before are gone. */
  const get = (path: string) =>
    fetch(`${rig.urls[0]}${path}`, { headers: { connection: 'close' } });
  const health = async () => {
    const answer = await get('/health/ready');
    return [answer.status, ((await answer.json()) as { reason?: string }).reason] as const;
  };

  /** Until the witness has seen all that there is. */
  async function cosigned(): Promise<void> {
    const wanted = await size();
    for (let i = 0; i < 200 && rig.witness!.size < wanted; i++) await sleep(50);
    expect(rig.witness!.size).toBe(wanted);
  }

  /** Stops registry and database, moves files, and starts both again. */
  async function exchange(move: () => void, settings: Record<string, string> = {}): Promise<void> {
    const [registry] = rig.processes;
    await registry!.stop();
    await rig.cluster!.stop();
    move();
    await rig.restartDatabase();
    await registry!.start(settings);
  }

  const cluster = (name: string) => `${rig.clusterFolder}.${name}`;
  const putAway = (name: string) => fs.renameSync(rig.clusterFolder, cluster(name));
  const putBack = (name: string) => fs.renameSync(cluster(name), rig.clusterFolder);

  it('that takes over while the registry serves, as a standby that was behind, is never built upon', async () => {
    const before = [rig.witness!.shown.length, rig.witness!.size];
    await rig.cluster!.stop();
    putAway(newest!);
    fs.cpSync(copy, rig.clusterFolder, { recursive: true });
    await rig.restartDatabase();
    await expect(record(1, new Testimony(), 3_000)).rejects.toThrow('log-read-only');
    const [status, reason] = await health();
    expect([status, reason]).toEqual([503, expect.stringMatching(/41 entries.* 21|21.* 41/)]);
    expect([await size(), rig.witness!.shown.length, rig.witness!.size]).toEqual([21, ...before]);
    await exchange(() => {
      fs.rmSync(rig.clusterFolder, { recursive: true });
      putBack(newest!);
    });
    await rig.ready();
  });

  it('is recognised at the start: it reads, and signs nothing, and names who has seen more', async () => {
    await exchange(() => {
      putAway(newest!);
      fs.cpSync(copy, rig.clusterFolder, { recursive: true });
    });
    const before = [rig.witness!.shown.length, await newestCheckpoint()];
    const [status, reason] = await health();
    expect(status).toBe(503);
    expect(reason).toMatch(/watcher.example\/witness .* holds 41 entries .* this database has 21/);
    await expect(record(1, new Testimony(), 500)).rejects.toThrow('log-read-only');
    expect([rig.witness!.shown.length, await newestCheckpoint()]).toEqual(before);
  });

  it('that grows to the same size with another tail, while nobody watches, is caught when somebody does', async () => {
    honest = rig.witness!.shown.length;
    rig.witness!.mood = () => undefined;
    await exchange(() => undefined, { LODESTONE_START_WITHOUT_WITNESSES: '1' });
    const elsewhere = new Testimony();
    await record(20, elsewhere);
    expect(await size()).toBe(rig.witness!.size);
    rig.witness!.mood = undefined;
    for (let i = 0; i < 300 && (await health())[0] === 200; i++) await sleep(50);
    expect((await health())[1]).toMatch(/another tree of 41 entries .* under our signature/);
    expect(rig.witness!.contradictions).toHaveLength(1);
    await expect(record(1, elsewhere, 500)).rejects.toThrow('log-read-only');
  });

  it('goes on from the newest copy as if nothing had been', async () => {
    await exchange(() => {
      putAway(older!);
      putBack(newest!);
    });
    // What the fork showed the witness stands against the fork, and is no part of this log.
    rig.witness!.contradictions.splice(0);
    rig.witness!.shown.splice(honest);
    await record(5);
    await cosigned();
    expect(await rig.inspect()).toBe(46);
  });
});
