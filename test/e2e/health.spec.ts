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
    expect(answer.body).toEqual({
      status: 'ready',
      treeSize: 1,
      waiting: 0,
      witnesses: [],
      quorumSize: null,
      warnings: [],
    });
  });

  it('says the same to Prometheus', async () => {
    const answer = await au.http().get('/metrics').expect(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.text).toContain('# TYPE lodestone_log_size gauge\nlodestone_log_size 1\n');
    expect(answer.text).toContain('lodestone_writable 1\n');
  });
});
