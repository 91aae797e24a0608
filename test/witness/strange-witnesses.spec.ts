import type http from 'node:http';
import { formatVerifierKey, parseAddCheckpoint } from '#lib/tlog';
import type { Health } from '../../apps/registry/src/health/read-health.js';
import { runOn } from '../support/database.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';
import {
  cosigned,
  forgedCheckpoint,
  playWitness,
  stolenLogKey,
  until,
  witnessKey,
  writePolicy,
  type PlayedWitness,
} from '../support/witnesses.js';

type Reply = http.ServerResponse;
type Answer = (body: string, reply: Reply, request: http.IncomingMessage) => unknown;

describe('a log whose witness is strange', () => {
  const signer = witnessKey('strange.example/witness');
  let au: TestRegistry;
  let played: PlayedWitness;
  const health = async () => (await au.http().get('/health/ready')).body as Health;
  const isAsked = ({ witnesses }: Health) =>
    witnesses[0] !== undefined &&
    (witnesses[0].problem !== undefined || witnesses[0].cosignedSize > 0);
  const isGet = ({ method }: http.IncomingMessage) => method === 'GET';

  /** Plays a witness that holds nothing when asked for its copy, unless `answer` says otherwise. */
  async function witnessedBy(answer: Answer): Promise<Health> {
    played = await playWitness((request, body, reply) => answer(body, reply, request));
    const line = `witness strange ${formatVerifierKey(signer.key)} ${played.url}/w/`;
    writePolicy(au, line, 'quorum strange');
    return until(health, isAsked);
  }

  async function requireRecording(): Promise<void> {
    const began = Date.now();
    await au.party('Unhurried Mining', ['processor']);
    expect(Date.now() - began).toBeLessThan(2_000);
    expect((await health()).status).toBe('ready');
  }

  beforeEach(async () => {
    au = await startRegistry();
  });
  afterEach(async () => {
    await au?.close();
    await played?.close();
  });

  it('is asked at the address of the policy, by the paths of the specification', async () => {
    const { witnesses } = await witnessedBy((body, reply) => reply.end(cosigned(body, signer)));
    expect(witnesses[0]).toMatchObject({ cosignedSize: 1, lag: 0 });
    expect(played.requests).toEqual(['POST /w/add-checkpoint']);
  });

  it('takes its line out of a hundred, and none out of more', async () => {
    const stranger = (body: string) => cosigned(body, witnessKey('stranger.example'));
    let others = 100;
    const refused = await witnessedBy((body, reply) =>
      reply.end(stranger(body).repeat(others) + cosigned(body, signer)),
    );
    expect(refused.witnesses[0]!.problem).toMatch(/more than 100 signatures/);
    others = 97;
    const taken = await until(health, ({ witnesses }) => witnesses[0]!.cosignedSize > 0);
    expect(taken.witnesses[0]!.problem).toBeUndefined();
  });

  const lies: [string, Answer, RegExp][] = [
    ['answers garbage', (_, reply) => reply.end('<html>It works!</html>'), /not a signed note/],
    ['answers a megabyte', (_, reply) => reply.end('x'.repeat(1_000_000)), /over 69632 bytes/],
    [
      'sends us elsewhere',
      (_, reply) => reply.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
      /a redirect, which is not followed/,
    ],
    [
      'cosigns with another key',
      (body, reply) => reply.end(cosigned(body, witnessKey('strange.example/witness'))),
      /without its own cosignature|No known key|not/,
    ],
    [
      'cosigns another tree',
      (body, reply) => reply.end(cosigned(body.replace(/\/log\n\d+\n/, '/log\n9\n'), signer)),
      /cosignature of "strange\.example\/witness" does not verify/,
    ],
    [
      'dates its cosignature in the future',
      (body, reply) => reply.end(cosigned(body, signer, 3_600)),
      /dated in the future/,
    ],
    [
      'claims to hold more than we do, and cannot show it',
      (_, reply, request) =>
        reply.writeHead(isGet(request) ? 404 : 409).end(isGet(request) ? '' : '1000000\n'),
      /says that it holds 1000000 entries, and shows no checkpoint/,
    ],
    [
      'names another size each time',
      (body, reply) => reply.writeHead(409).end(body.startsWith('old 0') ? '1\n' : '0\n'),
      /another size each time/,
    ],
    [
      'answers 409 with a poem',
      (_, reply) => reply.writeHead(409).end('roses are red\n'),
      /not one tree size/,
    ],
    ['never answers', () => undefined, /did not answer within 3000 ms/],
    ['hangs up', (_, reply) => reply.destroy(), /cannot be reached/],
    [
      'does not know us',
      (_, reply) => reply.writeHead(404).end(),
      /answered 404 to our checkpoint of 1 entries/,
    ],
  ];

  it.each(lies)('goes on recording when it %s', async (_name, answer, problem) => {
    const { witnesses } = await witnessedBy(answer);
    expect(witnesses[0]!.problem).toMatch(problem);
    expect(witnesses[0]!.cosignedSize).toBe(0);
    await requireRecording();
    const { text } = await au.http().get('/log/checkpoint').expect(200);
    expect(text).not.toContain('strange.example/witness');
  });

  it('asks ever more slowly while it fails', async () => {
    await witnessedBy((_, reply) => reply.writeHead(503).end());
    for (let i = 0; i < 10; i++) await au.party(`Impatient ${i}`, ['processor']);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const posts = played.requests.filter((each) => each.startsWith('POST'));
    expect(posts.length).toBeLessThanOrEqual(3);
  });

  it('is shown no smaller tree when the database goes back under the process, and says what it holds', async () => {
    const { adminUrl } = au.database;
    await runOn(adminUrl, ['CREATE TABLE older AS TABLE log_head']);
    let held = '';
    await witnessedBy((body, reply, request) => {
      if (isGet(request)) return reply.end(held);
      held = parseAddCheckpoint(body).note;
      return reply.end(cosigned(body, signer));
    });
    await au.party('Soon Forgotten Mining', ['processor']);
    await until(health, ({ witnesses }) => witnesses[0]!.cosignedSize === 2);
    const shown = played.requests.length;
    await runOn(adminUrl, [
      'SET session_replication_role = replica',
      'DELETE FROM log_head',
      'INSERT INTO log_head TABLE older',
    ]);
    // Nobody asks after its health, and nobody records: the witness alone is asked.
    await until(async () => au.registry.witnessing.gate.closed, Boolean);
    expect(played.requests.slice(shown)).toEqual([expect.stringMatching(/^GET .*checkpoint$/)]);
    expect(au.registry.witnessing.gate.closed).toMatchObject({
      isOldDatabase: true,
      reason: expect.stringMatching(/holds 2 entries .* this database has 1/),
    });
  });

  it.each([
    ['a larger tree', 409, 7, /holds 7 entries of au\.registry\.example\/log under our signature/],
    ['another tree of our size', 422, 1, /holds another tree of 1 entries/],
  ])('stops for good when it proves that we signed %s', async (_name, status, size, reason) => {
    const forged = forgedCheckpoint(await stolenLogKey(au), size, 9);
    await witnessedBy((_body, reply, request) => {
      if (isGet(request)) return reply.end(forged);
      return reply.writeHead(status).end(`${size}\n`);
    });
    const { status: state, reason: told } = await until(health, (h) => h.status === 'read-only');
    expect([state, told]).toEqual(['read-only', expect.stringMatching(reason)]);
    expect(told).toContain(`The witness strange (${played.url}/w/)`);
    await au.http().get('/health/ready').expect(503);
    await expect(au.party('Too Late Mining', ['processor'])).rejects.toThrow('log-read-only');
    await au.http().get('/log/checkpoint').expect(200);
    await au.http().get('/witness').expect(200);
  });
});
