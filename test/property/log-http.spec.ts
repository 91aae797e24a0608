import * as fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { PROBLEMS } from '#lib/problem';
import { startRegistry, type TestRegistry } from '../support/registry.js';

/** What the public may be refused with; a 5xx, or a refusal without a type, is a fault of ours. */
const REFUSALS = new Map(
  Object.entries(PROBLEMS).map(([name, { status }]) => [`urn:lodestone:problem:${name}`, status]),
);

const piece = fc.oneof(
  fc.constantFrom('', '/', '//', '..', '.p', 'x', '000', 'x000', '0', '-1', '+', '%00', '%2e%2e'),
  fc.constantFrom(
    '%',
    '%zz',
    '%ff',
    '?',
    '&',
    '=',
    '#',
    '256',
    '1e3',
    '9007199254740993',
    '\u00e9',
  ),
  fc.string({ maxLength: 5 }),
);

/** A path that is served, with a few pieces cut out, put in, or replaced. */
function damaged(path: string): fc.Arbitrary<string> {
  const edits = fc.array(fc.tuple(fc.nat(path.length), fc.nat(4), piece), { maxLength: 3 });
  return edits.map((changes) =>
    changes.reduce((text, [at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut), path),
  );
}

const SERVED = [
  'checkpoint',
  'checkpoints?from=0',
  'checkpoints/2',
  'tile/0/000.p/3',
  'tile/entries/000.p/3',
  'tile/1/x001/234',
  'entries/1/proof?size=2',
  'entries/1/tlog-proof',
  `entries/by-digest/${'0'.repeat(64)}/proof`,
  'inclusion?index=1&size=3',
  'consistency?from=1&to=3',
];

describe('the public edge of the log', () => {
  let au: TestRegistry;
  let server: FastifyInstance;
  let before: string;

  beforeAll(async () => {
    au = await startRegistry();
    await au.party('Wandarra Mining', ['processor']);
    await au.party('Goldfields Separation', ['processor']);
    server = au.app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
    before = await everything();
  });
  afterAll(() => au?.close());

  async function everything(): Promise<string> {
    const tables = ['log_head', 'entry', 'statement', 'state', 'checkpoint', 'witness_evidence'];
    const pool = au.registry.dataSource;
    const rows = await Promise.all(
      tables.map((table) => pool.query(`SELECT * FROM ${table} ORDER BY 1, 2`)),
    );
    return JSON.stringify(rows);
  }

  async function expectTyped(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS',
    url: string,
    payload?: { body: string; type: string },
  ): Promise<void> {
    const answer = await server.inject({
      method,
      url,
      ...(payload ? { payload: payload.body, headers: { 'content-type': payload.type } } : {}),
    });
    if (answer.statusCode < 400) return;
    expect(answer.statusCode).toBeLessThan(500);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    const { type } = JSON.parse(answer.body) as { type: string };
    expect([type, REFUSALS.get(type)]).toEqual([type, answer.statusCode]);
  }

  it('answers any path with what it asks for or with a typed refusal', async () => {
    const paths = fc.oneof(
      fc.string({ maxLength: 40 }),
      ...SERVED.map(damaged),
      fc.array(piece, { maxLength: 8 }).map((pieces) => `tile/${pieces.join('')}`),
    );
    await fc.assert(
      fc.asyncProperty(paths, async (path) => {
        // Only what can stand in the first line of a request arrives at all.
        const line = encodeURI(path).replaceAll('%25', '%');
        await expectTyped('GET', `/log/${line}`);
      }),
      { numRuns: 800 },
    );
  });

  it('answers other methods, and bodies where none belongs, likewise', async () => {
    const methods = fc.constantFrom('POST', 'PUT', 'DELETE', 'OPTIONS', 'GET' as const);
    const types = fc.constantFrom('application/json', 'text/plain', 'a/b', 'multipart/form-data');
    await fc.assert(
      fc.asyncProperty(
        methods,
        fc.constantFrom(...SERVED),
        types,
        fc.string({ maxLength: 50 }),
        (method, path, type, body) => expectTyped(method, `/log/${path}`, { body, type }),
      ),
      { numRuns: 150 },
    );
  });

  it('answers damaged requests for a cosignature likewise', async () => {
    const { text: note } = await au.http().get('/log/checkpoint');
    const lines = fc.constantFrom(`old 0\n\n${note}`, `old 2\n${'A'.repeat(43)}=\n\n${note}`);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), lines.chain(damaged)), (body) =>
        expectTyped('POST', '/witness/add-checkpoint', { body, type: 'text/plain' }),
      ),
      { numRuns: 300 },
    );
  });

  it('has not changed by a byte after all that, and still serves', async () => {
    expect(await everything()).toBe(before);
    await au.http().get('/log/checkpoint').expect(200);
  });
});
