import pg from 'pg';
import { registration } from './load.js';
import { Rig } from './rig.js';

jest.setTimeout(60_000);

/**
 * A clock that can be set: in the sessions of the serving role `clock_timestamp()` is found in a
 * schema that comes before pg_catalog.
 */
async function installClock(adminUrl: string): Promise<void> {
  const name = new URL(adminUrl).pathname.slice(1);
  await asOwner(
    adminUrl,
    `CREATE SCHEMA shim;
     CREATE TABLE shim.clock AS SELECT interval '0' AS step;
     CREATE FUNCTION shim.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
       'SELECT pg_catalog.clock_timestamp() + step FROM shim.clock';
     GRANT USAGE ON SCHEMA shim TO lodestone_app;
     GRANT SELECT ON shim.clock TO lodestone_app;
     ALTER ROLE lodestone_app IN DATABASE ${name} SET search_path = shim, pg_catalog, public`,
  );
}

async function asOwner(adminUrl: string, sql: string): Promise<void> {
  const owner = new pg.Client({ connectionString: adminUrl });
  await owner.connect();
  await owner.query(sql);
  await owner.end();
}

describe('a clock that is stepped', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await Rig.start({ processes: 1, prepare: installClock });
  });
  afterAll(() => rig?.close());

  const step = (by: string) => asOwner(rig.adminUrl, `UPDATE shim.clock SET step = '${by}'`);

  /** Records a party; when that was, as the log says. */
  async function record(): Promise<number> {
    const answer = await rig.testimony.offer(rig.urls[0]!, await registration(rig.audience));
    if (typeof answer !== 'object') throw new Error(`Not recorded: ${answer}`);
    return Date.parse(answer.recordedAt);
  }

  it('forward by an hour is followed', async () => {
    const before = await record();
    await step('1 hour');
    expect((await record()) - before).toBeGreaterThan(3_599_000);
  });

  it('back by three seconds never makes the log’s own time run backwards', async () => {
    const before = await record();
    await step('59 minutes 57 seconds');
    for (let i = 0; i < 3; i++) expect(await record()).toBe(before);
  });

  it('back by an hour stops the recording until it is right again, and says for how long', async () => {
    const signed = rig.testimony.checkpoints.size;
    await step('0');
    const body = await registration(rig.audience);
    const refusal = await fetch(`${rig.urls[0]}/statements`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(body),
    });
    expect([refusal.status, ((await refusal.json()) as { type: string }).type]).toEqual([
      503,
      expect.stringMatching(/clock-behind$/),
    ]);
    expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(3_500);
    expect(rig.testimony.checkpoints.size).toBe(signed);
    expect((await fetch(`${rig.urls[0]}/log/checkpoint`)).status).toBe(200);
    await step('1 hour 1 second');
    await rig.testimony.say(() => rig.urls, body);
  });

  it('leaves a log whose times only ever grow', async () => {
    // The reader that shares no code with us demands it of every entry.
    expect(await rig.inspect()).toBe(8);
  });
});
