import net from 'node:net';

/** What the proxy does to a COMMIT that passes towards the database, before it cuts the connection. */
export type CommitFault = 'drop reply' | 'drop commit';

/** A proxy before PostgreSQL that can lose a COMMIT, or the answer to one. */
export interface TcpProxy {
  /** The database's URL, by way of the proxy. */
  url: string;
  /** What befalls the next COMMITs, one after another; when it is empty all is well. */
  faults: CommitFault[];
  close(): Promise<void>;
}

/** The whole query: a transaction begins with READ COMMITTED. */
const COMMIT = Buffer.from('COMMIT\0');

/** Listens on a free loopback port, and passes everything on until it is told to lose a COMMIT. */
export async function startTcpProxy(databaseUrl: string): Promise<TcpProxy> {
  const target = new URL(databaseUrl);
  const detour = new URL(databaseUrl);
  const sockets = new Set<net.Socket>();
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    let losing = false;
    client.on('data', (chunk) => {
      const fault = chunk.includes(COMMIT) ? proxy.faults.shift() : undefined;
      if (fault === 'drop commit') return void client.destroy();
      if (fault === 'drop reply') losing = true;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => (losing ? client.destroy() : client.write(chunk)));
    client.on('close', () => setTimeout(() => upstream.destroy(), 50));
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  detour.hostname = '127.0.0.1';
  detour.port = String(port);
  const proxy: TcpProxy = {
    url: detour.toString(),
    faults: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return proxy;
}
