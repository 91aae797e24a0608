import { statusIndexKey } from '#lib/materials';
import { runOn } from '../support/database.js';
import { certify, makeOxide } from '../support/registry-journey.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

const problem = (name: string) => `urn:lodestone:problem:${name}`;

/** As the ledger would hold it had every place gone to some certificate. */
const takeAll = (purpose: string) =>
  `INSERT INTO state (key, value)
   SELECT '${statusIndexKey(purpose, '')}' || index, '{"certificate":"did:web:elsewhere.example"}'
   FROM generate_series(0, 131071) AS index ON CONFLICT (key) DO NOTHING`;

describe('a registry whose status lists are full', () => {
  let au: TestRegistry;
  beforeAll(async () => {
    au = await startRegistry();
  });
  afterAll(() => au?.close());

  it('issues no further certificate, and leaves the one that stands as it is', async () => {
    const { separator, oxide } = await makeOxide(au);
    const standing = await certify(au, separator, oxide);
    await runOn(au.database.adminUrl, ['revocation', 'suspension'].map(takeAll));
    const size = await au.registry.log.treeSize();
    const answer = await au
      .http()
      .post('/certificates')
      .set('authorization', await au.session(separator))
      .send({ batch: oxide, supersedes: standing.id });
    expect([answer.status, answer.body.type]).toEqual([409, problem('status-list-full')]);
    expect(answer.body.detail).toContain('131072');
    expect(await au.registry.log.treeSize()).toBe(size);
    const { body } = await au.http().get(`/certificates/${standing.path}`).expect(200);
    expect(body.status).toBe('active');
  });
});
