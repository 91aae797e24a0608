import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { nodeCrypto } from '#lib/keys';
import {
  decideAddCheckpoint,
  formatNote,
  formatSignatureLines,
  formatVerifierKey,
  formatWitnessedSize,
  openAddCheckpoint,
  parseNote,
  parseVerifierKey,
  signCosignature,
  WITNESSED_SIZE_MEDIA_TYPE,
  type WitnessedTree,
} from '#lib/tlog';
import { witnessOf } from '../tlog/signers.js';

/** What a witness answers: a status and a body, or nothing at all. */
export interface WitnessReply {
  status: number;
  body: string;
  type?: string;
  headers?: Record<string, string>;
}

/** A witness that errs: given its honest reply to a request, the one that it sends; undefined sends none. */
export type Mood = (
  honest: WitnessReply,
  request: { method: string },
) => WitnessReply | Promise<WitnessReply | undefined> | undefined;

/**
 * A witness of one log on a loopback port (C2SP tlog-witness), in memory: it outlives every fault of
 * the registry. It keeps every checkpoint that it was shown, and can be given a mood.
 */
export class RecordingWitness {
  /** Every checkpoint that it was shown under the log's signature. */
  readonly shown: WitnessedTree[] = [];
  /** Every contradiction that it was shown: none, while the log is honest. */
  readonly contradictions: string[] = [];
  /** Undefined: honest. */
  mood: Mood | undefined;
  /** How many requests came. */
  requests = 0;
  #held: WitnessedTree | undefined;
  #note = '';
  #logKey = '';
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));
  readonly #signer;

  /** Without a `keyOf` its key follows from its own name. */
  private constructor(
    readonly name: string,
    keyOf: string,
  ) {
    const { sign, key } = witnessOf(name);
    const twin = witnessOf(keyOf);
    this.#signer = keyOf === name ? { sign, key } : { sign: twin.sign, key: { ...twin.key, name } };
  }

  static async start(name: string, keyOf = name): Promise<RecordingWitness> {
    const witness = new RecordingWitness(name, keyOf);
    await new Promise<void>((resolve) => witness.#server.listen(0, '127.0.0.1', resolve));
    return witness;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get vkey(): string {
    return formatVerifierKey(this.#signer.key);
  }

  /** The size of the tree that it cosigned last. */
  get size(): number {
    return this.#held?.size ?? 0;
  }

  /** Which log it witnesses. */
  trust(logKey: string): void {
    this.#logKey = logKey;
  }

  /** The line of a C2SP tlog-policy that names it. */
  get policyLine(): string {
    return `witness ${this.name} ${this.vkey} ${this.url}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.requests++;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const honest =
      request.method === 'POST' ? await this.#add(body) : { status: 200, body: this.#note };
    if (request.method === 'GET' && !this.#note) honest.status = 404;
    const reply = this.mood ? await this.mood(honest, { method: request.method ?? '' }) : honest;
    if (!reply) return void request.socket.destroy();
    const type = 'type' in reply ? reply.type : undefined;
    response.writeHead(reply.status, { 'content-type': type ?? 'text/plain', ...reply.headers });
    response.end(reply.body);
  }

  async #add(body: string): Promise<WitnessReply> {
    const logs = this.#logKey ? [parseVerifierKey(nodeCrypto.sha256, this.#logKey)] : [];
    const opened = await openAddCheckpoint(nodeCrypto, logs, body);
    if (opened.status !== 'signed') return { status: opened.status, body: `${opened.detail}\n` };
    const { treeSize, rootHash } = opened.checkpoint;
    this.shown.push({ size: treeSize, rootHash });
    const decision = decideAddCheckpoint(nodeCrypto.sha256, this.#held, opened);
    if (decision.status === 409)
      return {
        status: 409,
        body: formatWitnessedSize(decision.size),
        type: WITNESSED_SIZE_MEDIA_TYPE,
      };
    if (decision.status === 422) {
      this.contradictions.push(decision.detail);
      return { status: 422, body: `${decision.detail}\n` };
    }
    const { text, signatures } = parseNote(decision.note);
    const line = signCosignature(text, this.#signer, Math.floor(Date.now() / 1000));
    this.#held = decision.witnessed;
    this.#note = formatNote({ text, signatures: [...signatures, line] });
    return { status: 200, body: formatSignatureLines([line]) };
  }
}
