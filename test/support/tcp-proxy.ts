import net from 'node:net';

/** What the proxy does when it sees COMMIT pass towards the database. */
export type CommitFault = 'pass' | 'drop reply' | 'drop commit';

/** A proxy before PostgreSQL that can lose a COMMIT, or the answer to one. */
export interface TcpProxy {
  /** The database's URL, by way of the proxy. */
  url: string;
  /** Holds for the next COMMIT only; the connection is cut then. */
  onNextCommit: CommitFault;
  close(): Promise<void>;
}

const COMMIT = Buffer.from('COMMIT');

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
      if (proxy.onNextCommit !== 'pass' && chunk.includes(COMMIT)) {
        losing = true;
        const fault = proxy.onNextCommit;
        proxy.onNextCommit = 'pass';
        if (fault === 'drop commit') return void client.destroy();
      }
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
    onNextCommit: 'pass',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return proxy;
}
