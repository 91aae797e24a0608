import net from 'node:net';

const HEAD_END = '\r\n\r\n';

/** One kept-alive connection that sends prepared requests, one after another. */
export class RequestSocket {
  #received: Buffer = Buffer.alloc(0);
  #settle: { resolve(status: string): void; reject(error: Error): void } | undefined;

  private constructor(private readonly socket: net.Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#read(chunk));
    const fail = (error?: Error) =>
      this.#settle?.reject(error ?? new Error('The server closed the connection'));
    socket.on('error', fail).on('close', () => fail());
  }

  static open(port: number): Promise<RequestSocket> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => resolve(new RequestSocket(socket)));
    });
  }

  /** Sends one request and gives the status of its answer, once all of it has come. */
  send(request: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.#settle = undefined;
    this.socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.#received.toString('latin1', 0, headEnd);
    const length = /content-length: ([0-9]+)/i.exec(head)?.[1];
    if (length === undefined) return this.#settle?.reject(new Error(`No length: ${head}`));
    if (this.#received.length < headEnd + HEAD_END.length + Number(length)) return;
    this.#received = Buffer.alloc(0);
    this.#settle?.resolve(head.slice(9, 12));
  }
}
