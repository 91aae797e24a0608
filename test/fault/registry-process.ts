import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The service as it is shipped: `npm test` has built it. */
const MAIN = 'dist/apps/registry/src/main.js';
const PROBE = './test/fault/probe.mjs';

/** Settings under which a process's clock can be stepped. */
export const SETTABLE_CLOCK = { NODE_OPTIONS: '--import ./test/fault/stepped-clock.mjs' };

const SURROUNDINGS = { PATH: process.env['PATH'], LODESTONE_ANNOUNCE: 'json' };

/** What a registry says of itself when it is ready, with what the tests read of it. */
export interface Announcement {
  url: string;
  origin: string;
  vkey: string;
}

/** What the probe measured since it was asked last. */
export interface Measure {
  /** The longest that the event loop was held up, and its 99th percentile. */
  longestDelayMs: number;
  usualDelayMs: number;
  /** Bytes. */
  rss: number;
  heapUsed: number;
  external: number;
}

/** One process of a registry: the built service, as a child that can be killed, stopped and started. */
export class RegistryProcess {
  /** How many times it was killed. */
  kills = 0;
  #child: ChildProcess | undefined;
  #announcement: Announcement | undefined;
  #complaints = '';

  constructor(private readonly settings: Readonly<Record<string, string>>) {}

  /** Where it serves; it has to have started. */
  get url(): string {
    return this.#known.url;
  }

  get origin(): string {
    return this.#known.origin;
  }

  get vkey(): string {
    return this.#known.vkey;
  }

  /** What it wrote to standard error so far, over all its lives. */
  get complaints(): string {
    return this.#complaints;
  }

  get pid(): number {
    return this.#child!.pid!;
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /**
   * Starts it and waits until it serves; on the same port when it served before, with changed
   * settings if any are given. Throws what it said instead.
   */
  async start(changes: Readonly<Record<string, string>> = {}): Promise<void> {
    const port = this.#announcement ? new URL(this.#announcement.url).port : '0';
    const child = spawn(process.execPath, ['--import', PROBE, MAIN], {
      env: { ...SURROUNDINGS, PORT: port, ...this.settings, ...changes },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    child.stderr!.on('data', (chunk: Buffer) => (this.#complaints += chunk.toString()));
    const ready = once(createInterface({ input: child.stdout! }), 'line');
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`exit ${code}: ${this.#complaints.slice(-2_000)}`);
    });
    const [line] = await Promise.race([ready, ended]);
    ended.catch(() => undefined);
    this.#announcement = JSON.parse(line as string) as Announcement;
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    this.kills++;
    await this.#end('SIGKILL');
  }

  /** Asks it to stop, as an operator does; one that does not is killed after ten seconds. */
  async stop(): Promise<void> {
    const late = setTimeout(() => this.#child?.kill('SIGKILL'), 10_000);
    await this.#end('SIGTERM');
    clearTimeout(late);
  }

  /** Freezes it where it stands. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** Lets it go on. */
  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** What its probe has measured since the last call; throws when it does not answer at all. */
  async measure(): Promise<Measure> {
    return (await this.#ask('measure')) as Measure;
  }

  /** Sets its own clock that far ahead of the machine's; it has to run with SETTABLE_CLOCK. */
  async stepClock(clockStepMs: number): Promise<void> {
    await this.#ask({ clockStepMs });
  }

  get #known(): Announcement {
    if (!this.#announcement) throw new Error('This registry has not started');
    return this.#announcement;
  }

  async #ask(message: string | object): Promise<unknown> {
    const answer = once(this.#child!, 'message', { signal: AbortSignal.timeout(10_000) });
    this.#child!.send(message);
    return (await answer)[0];
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || !this.isRunning) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
