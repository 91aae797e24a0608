import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { RouteDeclarations } from '#lib/http';
import { startRegistry, type TestRegistry } from '../support/registry.js';

const [KIB, MIB] = [1024, 1024 * 1024];
/** The largest body of each door. */
const DOORS: readonly [door: string, limit: number][] = [
  ['/statements', 2 * MIB],
  ['/sessions', 64 * KIB],
  ['/certificates', MIB],
  ['/imports', 32 * MIB],
  ['/imports/refusals', 32 * MIB],
  ['/verifications', 32 * MIB],
  ['/assessments', 32 * MIB],
  ['/witness/add-checkpoint', 68 * KIB],
  // What is not there reads no more than the least.
  ['/nowhere', 68 * KIB],
];
const LARGE_DOORS = DOORS.filter(([, limit]) => limit > 2 * MIB);

/** A connection on which one request is written as one likes. */
class Wire {
  heard = '';
  /** Resolves when the registry has closed it. */
  readonly closed: Promise<void>;
  readonly #socket: net.Socket;

  constructor(port: number, staysOpen = false) {
    const allowHalfOpen = staysOpen;
    this.#socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen });
    this.#socket.on('data', (chunk: Buffer) => (this.heard += chunk.toString()));
    // What is written after the refusal is of no interest to anybody.
    this.#socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }

  isChunked = false;

  begin(door: string, framing: string): void {
    this.isChunked = framing.includes('chunked');
    this.#socket.write(
      `POST ${door} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${framing}\r\n\r\n`,
    );
  }

  /** Writes so many bytes, as one chunk where the body is chunked. */
  write(count: number): void {
    const frame = (text: string) => this.isChunked && this.#socket.write(text);
    frame(`${count.toString(16)}\r\n`);
    this.#socket.write(Buffer.alloc(count, ' '));
    frame('\r\n');
  }

  /** Resolves when everything has left us. */
  async written(): Promise<void> {
    while (this.#socket.writableLength > 0) await sleep(5);
    // What is still on its way in the machine has the time to arrive.
    await sleep(200);
  }

  /** Whether it leaves what comes where it is. */
  set deaf(isDeaf: boolean) {
    if (isDeaf) this.#socket.pause();
    else this.#socket.resume();
  }

  end(): void {
    this.#socket.destroy();
  }

  get status(): number {
    return Number(this.heard.split(' ')[1]);
  }
}

describe('the largest body of each door', () => {
  let au: TestRegistry;
  let port: number;

  beforeAll(async () => {
    au = await startRegistry();
    await au.app.listen(0, '127.0.0.1');
    port = (au.app.getHttpServer().address() as net.AddressInfo).port;
  });
  afterAll(() => au?.close());

  function wire(door: string, framing: string, staysOpen = false): Wire {
    const made = new Wire(port, staysOpen);
    made.begin(door, framing);
    return made;
  }

  const announcing = (door: string, length: number) => wire(door, `Content-Length: ${length}`);
  const chunked = (door: string) => wire(door, 'Transfer-Encoding: chunked');

  async function refused(line: Wire, limit: number): Promise<void> {
    await line.closed;
    expect(line.heard).toMatch(/^HTTP\/1.1 413 /);
    expect(line.heard).toMatch(/\r\nconnection: close\r\n/i);
    const problem = JSON.parse(line.heard.slice(line.heard.indexOf('\r\n\r\n')));
    expect(problem).toMatchObject({ type: 'urn:lodestone:problem:too-large', limit });
  }

  async function answered(line: Wire): Promise<void> {
    while (!line.heard) await sleep(5);
    expect([400, 401, 404, 415, 422, 200]).toContain(line.status);
    line.end();
  }

  it('is known for all of them', () => {
    const posts = au.app
      .get(RouteDeclarations)
      .all()
      .filter(({ route }) => !route.startsWith('GET '))
      .map(({ route }) => route.replace(/^POST /, ''));
    const doors = DOORS.map(([door]) => door).filter((door) => door !== '/nowhere');
    expect([...new Set(posts)].sort()).toEqual([...doors].sort());
  });

  it.each(DOORS)('refuses at %s a body announced as over %i before any of it comes', (...door) =>
    refused(announcing(door[0], door[1] + 1), door[1]),
  );

  it.each(DOORS)('refuses at %s a chunked body as soon as it is over %i', async (door, limit) => {
    const line = chunked(door);
    line.write(limit);
    // It does not end here, and one byte more is too much.
    await sleep(20);
    expect(line.heard).toBe('');
    line.write(1);
    await refused(line, limit);
  });

  it.each(DOORS)('reads at %s a body of exactly %i', async (door, limit) => {
    const line = announcing(door, limit);
    line.write(limit);
    await answered(line);
  });

  it('is told to a client that listens only when it has sent everything', async () => {
    const line = announcing('/statements', 3 * MIB);
    line.deaf = true;
    for (let i = 0; i < 12; i++) {
      line.write(MIB / 4);
      await sleep(20);
    }
    expect(line.heard).toBe('');
    line.deaf = false;
    await refused(line, 2 * MIB);
  });

  it('is told once: who sends on for ever is cut off', async () => {
    const line = wire('/statements', `Content-Length: ${2 ** 40}`, true);
    const began = Date.now();
    const sending = setInterval(() => line.write(1_000), 100);
    await line.closed;
    clearInterval(sending);
    expect(line.status).toBe(413);
    expect(Date.now() - began).toBeGreaterThan(4_000);
    expect(Date.now() - began).toBeLessThan(15_000);
  });

  it('leaves room: of large bodies that stay on their way no more than 256 MiB are held', async () => {
    const LAST = 64 * KIB;
    // What is announced and does not come takes no room.
    const idle = Array.from({ length: 40 }, (_, i) =>
      i % 2 ? chunked('/imports') : announcing('/verifications', 32 * MIB),
    );
    const waiting = Array.from({ length: 8 }, (_, i) => {
      const [door, limit] = LARGE_DOORS[i % LARGE_DOORS.length]!;
      const line = announcing(door, limit);
      line.write(limit - LAST);
      return line;
    });
    await Promise.all(waiting.map((line) => line.written()));
    for (const line of [announcing('/imports', 3 * MIB), chunked('/verifications')]) {
      line.write(3 * MIB);
      await line.closed;
      expect(line.heard).toMatch(/^HTTP\/1.1 429 [^]*\r\nretry-after: 2\r\n/i);
    }
    // There is room for what is small, and statements are none of it.
    const small = announcing('/verifications', 2);
    small.write(2);
    await answered(small);
    const statement = announcing('/statements', 2 * MIB);
    statement.write(2 * MIB);
    await answered(statement);
    expect([...idle, ...waiting].map(({ heard }) => heard).join('')).toBe('');
    for (const line of [...idle, ...waiting]) line.end();
    await Promise.all(waiting.map(({ closed }) => closed));
    await sleep(50);
    const again = announcing('/verifications', 3 * MIB);
    again.write(3 * MIB);
    await answered(again);
  });

  it('is waited for two minutes at most', () => {
    expect(au.app.getHttpServer().requestTimeout).toBe(120_000);
  });
});
