import type { Response } from 'supertest';
import { RouteDeclarations } from '#lib/http';
import type { KeySigner } from '#lib/keys';
import { PROBLEM_TYPE_PREFIX, PROBLEMS } from '#lib/problem';
import { startRegistry, type TestRegistry } from '../support/registry.js';

const NAMES = ['%00', '..%2f..%2fetc', '%F0%9F%92%A5', "'%3B--", '-1', '1e9', 'a'.repeat(5_000)];
const QUERIES = [
  '',
  '?size=-1',
  '?from=1e3&to=NaN',
  '?index=0&size=0',
  '?size=1&size=2',
  '?a[b]=1',
];
const BODIES = [
  '',
  '{',
  '[]',
  '{}',
  'null',
  '"\\ud800"',
  '{"a":1,"a":2}',
  '{"__proto__":{"roles":["authority"]}}',
  '[',
  `${'['.repeat(2_000)}${']'.repeat(2_000)}`,
  '{"disclosures":[],"statement":{}}',
  '{"bundle":"!","reason":"x"}',
  '{"batch":["did:key:z"],"governing":7,"certificate":{"toString":1}}',
];

/** Whoever sends nonsense learns what is wrong and what to do, and never makes the service fail. */
describe('a hostile client', () => {
  let au: TestRegistry;
  let party: KeySigner;
  let authorization: string;

  beforeAll(async () => {
    au = await startRegistry();
    party = await au.party('Hostile Pty Ltd', ['processor']);
    authorization = await au.session(party);
  });
  afterAll(() => au?.close());

  const routes = (method: string) =>
    au.app
      .get(RouteDeclarations)
      .all()
      .map(({ route }) => route.split(' ') as [string, string])
      .filter(([verb]) => verb === method)
      .map(([, path]) => path);

  function expectHelp(answer: Response, asked: string): void {
    const { status, headers, text } = answer;
    if (status < 400) return;
    // C2SP tlog-witness answers a stale size with the size alone.
    if (status === 409 && headers['content-type']?.startsWith('text/x.tlog.size')) return;
    expect({ asked, media: headers['content-type']?.split(';')[0] }).toEqual({
      asked,
      media: 'application/problem+json',
    });
    const problem = JSON.parse(text);
    const name = problem.type.slice(PROBLEM_TYPE_PREFIX.length) as keyof typeof PROBLEMS;
    expect({ asked, name, status }).toEqual({ asked, name, status: PROBLEMS[name]?.status });
    expect({ asked, name }).not.toMatchObject({ name: 'internal' });
    for (const member of ['title', 'detail', 'remedy', 'instance'])
      expect({ asked, member, told: problem[member] }).toEqual({
        asked,
        member,
        told: expect.stringMatching(/\S/),
      });
  }

  it('asks for names and numbers that cannot be', async () => {
    for (const route of routes('GET'))
      for (const name of /[:*]/.test(route) ? NAMES : [''])
        for (const query of QUERIES) {
          const path = route.replace(/:\w+|\*/g, name) + query;
          const answer = await au.http().get(path).set('authorization', authorization);
          expectHelp(answer, `GET ${path.slice(0, 80)}`);
        }
  });

  it('sends bodies that are none', async () => {
    for (const route of routes('POST'))
      for (const body of BODIES) {
        const asked = `POST ${route} ${body.slice(0, 40)}`;
        const ask = au.http().post(route).set('authorization', authorization);
        expectHelp(await ask.set('content-type', 'application/json').send(body), asked);
        const other = au.http().post(route).set('authorization', authorization);
        expectHelp(await other.set('content-type', 'text/html').send(body), asked);
      }
  });

  it('makes sessions up', async () => {
    const made = [
      'Bearer',
      'Bearer x',
      'Basic YTpi',
      'Bearer a.b.c',
      `Bearer ${'A'.repeat(4_000)}`,
    ];
    for (const forged of [...made, `${authorization.slice(0, -2)}xx`]) {
      const answer = await au.http().get('/batches/x').set('authorization', forged);
      expectHelp(answer, forged);
      expect([answer.status, answer.body.type]).toEqual([
        401,
        `${PROBLEM_TYPE_PREFIX}session-required`,
      ]);
    }
  });

  it('uses the wrong method everywhere', async () => {
    for (const route of new Set([...routes('GET'), ...routes('POST')])) {
      const answer = await au.http().delete(route.replace(/:\w+|\*/g, 'x'));
      expectHelp(answer, `DELETE ${route}`);
      expect([route, answer.status]).toEqual([route, 405]);
    }
  });
});
