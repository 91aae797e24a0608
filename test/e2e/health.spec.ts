import pg from 'pg';
import { besideSyncing } from '../support/database.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

describe('GET /health', () => {
  let au: TestRegistry;
  beforeAll(async () => {
    au = await startRegistry();
  });
  afterAll(() => au?.close());

  it('says that the process lives', async () => {
    expect((await au.http().get('/health/live')).body).toEqual({ status: 'live' });
  });

  it('says that the registry can record, on its genesis', async () => {
    const answer = await au.http().get('/health/ready');
    const warnings = besideSyncing(answer.body.warnings);
    expect({ ...answer.body, warnings }).toEqual({
      status: 'ready',
      treeSize: 1,
      waiting: 0,
      witnesses: [],
      quorumSize: null,
      warnings: [],
    });
  });

  it('warns of a PostgreSQL that forgets when the power fails', async () => {
    const [{ fsync }] = await au.registry.dataSource.query('SHOW fsync');
    const { warnings } = (await au.http().get('/health/ready')).body;
    expect(besideSyncing(warnings).length).toBe(warnings.length - (fsync === 'off' ? 1 : 0));
  });

  it('says the same to Prometheus', async () => {
    const answer = await au.http().get('/metrics').expect(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.text).toContain('# TYPE lodestone_log_size gauge\nlodestone_log_size 1\n');
    expect(answer.text).toContain('lodestone_writable 1\n');
  });
});

describe('GET /health/ready of a process whose database is changed under it', () => {
  let au: TestRegistry;
  let idle: TestRegistry;
  let owner: pg.Client;
  beforeEach(async () => {
    au = await startRegistry();
    owner = new pg.Client({ connectionString: au.database.adminUrl });
    await owner.connect();
    await owner.query('SET session_replication_role = replica');
    await au.party('First', ['buyer']);
    await owner.query('CREATE TABLE older AS SELECT * FROM log_head');
    await au.party('Second', ['buyer']);
    idle = await startRegistry({ like: au });
    await owner.query('CREATE TABLE newer AS SELECT * FROM log_head');
  });
  afterEach(async () => {
    await owner.end();
    await idle.stop();
    await au.close();
  });

  const put = (head: 'older' | 'newer') =>
    owner.query(`DELETE FROM log_head; INSERT INTO log_head TABLE ${head}`);
  const readiness = async (registry: TestRegistry) => {
    const { status, body } = await registry.http().get('/health/ready');
    return { status, reason: body.reason as string | undefined };
  };
  const refusal = async (registry: TestRegistry) => {
    await expect(registry.party('Third', ['buyer'])).rejects.toThrow('log-read-only');
  };

  it('is refused when the head was set back, before anything is recorded, and for good', async () => {
    expect(await readiness(idle)).toEqual({ status: 200 });
    await put('older');
    const reason =
      'The database holds a log of 2 entries, and this process has seen 3 of it signed: it was set back. ' +
      'Restore what it held, compare it with `lodestone audit`, and start again.';
    // One of them has recorded, the other has only looked.
    for (const registry of [au, idle]) {
      expect(await readiness(registry)).toEqual({ status: 503, reason });
      await refusal(registry);
    }
    await put('newer');
    expect(await readiness(au)).toEqual({ status: 503, reason });
    await refusal(au);
    const again = await startRegistry({ like: au });
    expect(await readiness(again)).toEqual({ status: 200 });
    await again.party('Third', ['buyer']);
    await again.stop();
  });

  it('is refused when another tree of the same size is signed in its place', async () => {
    expect(await readiness(idle)).toEqual({ status: 200 });
    const { ownLog } = au.registry;
    const text = `${ownLog.origin}\n3\n${Buffer.alloc(32, 7).toString('base64')}\n`;
    await owner.query('UPDATE log_head SET checkpoint = $1', [ownLog.signCheckpoint(text)]);
    for (const registry of [au, idle]) {
      const { status, reason } = await readiness(registry);
      expect([status, reason]).toEqual([503, expect.stringContaining('another log than the one')]);
      await refusal(registry);
    }
  });

  it('stays ready while another process records, whichever is asked', async () => {
    for (let i = 0; i < 5; i++) {
      const [one, other] = [au, idle].sort(() => (i % 2 === 0 ? 1 : -1));
      await Promise.all([one!.party(`Party ${i}`, ['buyer']), readiness(other!)]);
      expect(await Promise.all([readiness(au), readiness(idle)])).toEqual([
        { status: 200 },
        { status: 200 },
      ]);
    }
  });
});
