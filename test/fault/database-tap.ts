import net from 'node:net';

/** The statements of one batch as they pass towards the database, in their order. */
export const STEPS = {
  begin: 'BEGIN ISOLATION LEVEL',
  'lock head': 'FOR UPDATE',
  'load state': 'ledger load state\0',
  'insert statements': 'ledger statement\0',
  'write state': 'ledger state\0',
  'move head': 'ledger growth\0',
  // The whole query: a transaction begins with READ COMMITTED.
  commit: 'COMMIT\0',
} as const;

/** A named step of a batch. */
export type Step = keyof typeof STEPS;

/** When, within a step: before the database has it, while it works on it, or when it has answered. */
export const MOMENTS = ['before it is sent', 'while it runs', 'when it is done'] as const;

/** A moment within a step. */
export type Moment = (typeof MOMENTS)[number];

/** What is to happen at the next passing of a step, once. */
export interface Ambush {
  step: Step;
  moment: Moment;
  /** Whether the connection is lost there: the step itself, or else the answer to it. */
  cuts: boolean;
  /** Runs as it passes. */
  strike(): void;
}

/** A line to PostgreSQL on which one can lie in wait, and which can be cut, slowed and moved. */
export interface DatabaseTap {
  /** The port of the server that lies behind; may change while the tap runs. */
  target: number;
  /** Who lies in wait; taken away when it strikes. */
  ambush: Ambush | undefined;
  /** Whether new connections are refused; those that stand are cut at once. */
  away: boolean;
  /** A database URL by way of this tap. */
  through(databaseUrl: string): string;
  close(): Promise<void>;
}

/** Listens on a free loopback port before the server at `target`. */
export async function tapDatabase(target: number): Promise<DatabaseTap> {
  const sockets = new Set<net.Socket>();
  let away = false;
  const server = net.createServer((client) => {
    if (away) return void client.destroy();
    join(tap, client, net.connect(tap.target, '127.0.0.1'), sockets);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const cutAll = () => sockets.forEach((socket) => socket.destroy());
  const tap: DatabaseTap = {
    target,
    ambush: undefined,
    get away() {
      return away;
    },
    set away(value) {
      away = value;
      if (value) cutAll();
    },
    through(databaseUrl) {
      const detour = new URL(databaseUrl);
      detour.host = `127.0.0.1:${port}`;
      return detour.toString();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cutAll();
      }),
  };
  return tap;
}

/** Passes bytes on both ways, and springs the ambush on the way. */
function join(
  tap: DatabaseTap,
  client: net.Socket,
  upstream: net.Socket,
  sockets: Set<net.Socket>,
): void {
  for (const socket of [client, upstream]) {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  }
  let waiting: Ambush | undefined;
  client.on('data', (chunk) => {
    const ambush = tap.ambush;
    if (!ambush || !chunk.includes(STEPS[ambush.step])) return void upstream.write(chunk);
    tap.ambush = undefined;
    if (ambush.moment === 'when it is done') waiting = ambush;
    else ambush.strike();
    const isLost = ambush.cuts && ambush.moment === 'before it is sent';
    if (!isLost) upstream.write(chunk);
    if (ambush.cuts && !waiting) client.destroy();
  });
  upstream.on('data', (chunk) => {
    client.write(chunk);
    waiting?.strike();
    waiting = undefined;
  });
  // What was sent before the cut still reaches the server, as it does from a dead process's kernel.
  client.on('close', () => upstream.end());
  upstream.on('close', () => client.destroy());
}
