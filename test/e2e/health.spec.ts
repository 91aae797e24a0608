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
    expect(answer.body).toEqual({ status: 'ready', treeSize: 1, waiting: 0, warnings: [] });
  });
});
