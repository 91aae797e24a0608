import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateKey, Keystore, signerOf } from '#lib/keys';
import { startEmbedded, type AuditReport, type Embedded } from '#lib/store';
import { KEY_NAMES } from '../../apps/registry/src/registry-keys.js';
import { freshDatabase } from '../support/database.js';
import { tapDatabase, type DatabaseTap } from './database-tap.js';
import { audit, inspect } from './inspection.js';
import type { Audience } from './load.js';
import { RecordingWitness } from './recording-witness.js';
import { RegistryProcess } from './registry-process.js';
import { AT_LENGTH } from './seeds.js';
import { Testimony } from './testimony.js';

/** How a rig is set up. */
export interface RigOptions {
  /** Processes that serve beside each other; 2. */
  processes?: number;
  /** A PostgreSQL of its own, synced as in earnest, in that folder or a new one; else the run's. */
  ownDatabase?: boolean | string;
  /** Whether somebody watches the log from outside; yes. */
  isWitnessed?: boolean;
  /** Done by the database's owner before any process starts. */
  prepare?: (adminUrl: string) => Promise<void>;
  /** Further settings of the processes. */
  settings?: Readonly<Record<string, string>>;
  /** The clients' patience. */
  insistence?: Audience['insistence'];
}

const PASSPHRASE = 'correct horse battery staple';
const DOMAIN = 'au.registry.example';

/** A registry in pieces that can break: processes, the line to the database, the server, a witness. */
export class Rig {
  readonly testimony = new Testimony();
  readonly authority = signerOf(generateKey());
  readonly processes: RegistryProcess[] = [];
  witness: RecordingWitness | undefined;
  tap!: DatabaseTap;
  /** The owner's, at the server itself. */
  adminUrl = '';
  cluster: Embedded | undefined;
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-fault-'));
  #url = '';
  #drop: () => Promise<void> = async () => undefined;

  private constructor(private readonly options: RigOptions) {}

  /** Brings everything up; the first process goes by way of the tap, the others straight. */
  static async start(options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(options);
    await rig.#makeDatabase();
    await options.prepare?.(rig.adminUrl);
    const keystore = path.join(rig.#folder, 'registry.keystore.json');
    // Guesses at the passphrase cost nothing here, so that processes start at once.
    await Keystore.create(keystore, PASSPHRASE, KEY_NAMES, { cost: 2 ** 14 });
    const tapped = rig.tap.through(rig.#url);
    const straight = options.ownDatabase ? tapped : rig.#url;
    for (let i = 0; i < (options.processes ?? 2); i++)
      rig.processes.push(
        new RegistryProcess({ ...rig.#env(i === 0 ? tapped : straight), ...options.settings }),
      );
    await rig.processes[0]!.start();
    if (options.isWitnessed ?? true) await rig.#findWitness();
    await Promise.all(rig.processes.slice(1).map((each) => each.start()));
    return rig;
  }

  /** Those to whom the statements of a load go. */
  get audience(): Audience {
    const { testimony, authority } = this;
    const { insistence } = this.options;
    return { testimony, authority, urls: () => this.urls, ...(insistence ? { insistence } : {}) };
  }

  /** Where the processes serve that are running. */
  get urls(): string[] {
    const running = this.processes.filter(({ isRunning }) => isRunning);
    return (running.length ? running : this.processes).map(({ url }) => url);
  }

  /** The folder that belongs to the database of its own. */
  get clusterFolder(): string {
    const { ownDatabase } = this.options;
    return typeof ownDatabase === 'string' ? ownDatabase : path.join(this.#folder, 'database');
  }

  /** Judges everything that was recorded and revealed; gives the size of the log. */
  inspect(process = this.processes[0]!): Promise<number> {
    const { url, vkey } = process;
    const { adminUrl, testimony, witness } = this;
    const scene = { url, vkey, adminUrl, env: this.#env(this.#url), testimony };
    return inspect(witness ? { ...scene, witness } : scene);
  }

  /** What the registry's own audit says. */
  audit(): Promise<AuditReport> {
    return audit(this.#env(this.#url));
  }

  /** Starts the database of its own again after it ended, behind the same line. */
  async restartDatabase(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        this.cluster = await startEmbedded({ dataDir: this.clusterFolder });
        break;
      } catch (error) {
        // A killed server's children hold its memory until they notice: a moment, not longer.
        if (attempt === 20) throw error;
        await sleep(250);
      }
    }
    this.tap.target = this.cluster.port;
    [this.#url, this.adminUrl] = [this.cluster.url, this.cluster.adminUrl];
  }

  /** How many times a process of the registry was killed. */
  get kills(): number {
    return this.processes.reduce((sum, { kills }) => sum + kills, 0);
  }

  /** Resolves when a process says that it records; throws when it does not in time. */
  async ready(process = this.processes[0]!, withinMs = 20_000): Promise<void> {
    for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(50)) {
      const answer = await fetch(`${process.url}/health/ready`).catch(() => undefined);
      if (answer?.ok) return;
    }
    throw new Error(`Not ready within ${withinMs} ms: ${process.complaints.slice(-2_000)}`);
  }

  /** Takes everything down and leaves nothing behind. */
  async close(): Promise<void> {
    if (AT_LENGTH) this.#tell();
    for (const each of this.processes) each.thaw();
    await Promise.all(this.processes.map((each) => each.stop()));
    await this.tap?.close();
    await this.witness?.close();
    await this.cluster?.stop();
    await this.#drop();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  /** What the clients have seen of it: a run at length is told in numbers. */
  #tell(): void {
    const { acknowledged, refused, turnedAway, unanswered, checkpoints } = this.testimony;
    process.stderr.write(
      `${expect.getState().testPath?.split('/').at(-1)}: ${acknowledged.length} acknowledged, ` +
        `${refused.length} refused, ${turnedAway} turned away, ${unanswered} not answered, ` +
        `${checkpoints.size} checkpoints shown, ${this.kills} kills\n`,
    );
  }

  async #makeDatabase(): Promise<void> {
    const { ownDatabase } = this.options;
    const made = ownDatabase
      ? (this.cluster = await startEmbedded({ dataDir: this.clusterFolder }))
      : await freshDatabase();
    if ('drop' in made) this.#drop = () => made.drop();
    [this.#url, this.adminUrl] = [made.url, made.adminUrl];
    this.tap = await tapDatabase(Number(new URL(this.#url).port));
  }

  async #findWitness(): Promise<void> {
    this.witness = await RecordingWitness.start('watcher.example/witness');
    this.witness.trust(this.processes[0]!.vkey);
    this.writePolicy(this.witness.policyLine);
  }

  /** Makes the registry's C2SP tlog-policy name these witnesses, or these logs as well. */
  writePolicy(...further: string[]): void {
    const lines = [`log ${this.processes[0]!.vkey}`, ...further, 'quorum none', ''];
    fs.writeFileSync(path.join(this.#folder, 'policy.txt'), lines.join('\n'));
  }

  #env(databaseUrl: string): Record<string, string> {
    return {
      DATABASE_URL: databaseUrl,
      DATABASE_ADMIN_URL: this.tap.through(this.adminUrl),
      LODESTONE_DATA: this.#folder,
      LODESTONE_DOMAIN: DOMAIN,
      LODESTONE_PASSPHRASE: PASSPHRASE,
      LODESTONE_AUTHORITY: this.authority.did,
      // What one does under load must not be refused for being much.
      LOG_LEVEL: 'error',
    };
  }
}
