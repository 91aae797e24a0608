import { existsSync } from 'node:fs';
import { Problem } from '#lib/problem';
import { readBytes, replaceFile } from '../files.js';
import { auditLog, inspectGrowth, type PageListener } from './audit-log.js';
import type { LogClient, SignedCheckpoint } from './log-client.js';
import { findingOf, type AuditFinding, type AuditReport } from './log-finding.js';
import { formatProgress, noProgress, parseProgress, type LogProgress } from './log-progress.js';

/** What an auditor of a remote log keeps from one day to the next. */
export interface LogWatchOptions {
  /** The newest checkpoint that was found good, as a signed note; made when it is not there. */
  checkpointFile?: string;
  /** How far the entries were read; made when it is not there. */
  resumeFile?: string;
  onPage?: PageListener;
}

/** What an audit of a log's public part says. */
export interface LogReport extends AuditReport {
  /** Of a log that forked or rolled back: both signed checkpoints, which together prove it. */
  evidence?: string[];
}

/** Pages between two writes of the resume file. */
const PAGES_A_WRITE = 64;

/** Audits one log again and again, each time from where the last time ended. */
export class LogWatch {
  #known: SignedCheckpoint | undefined;
  #progress: LogProgress | undefined;
  #pages = 0;

  constructor(
    private readonly client: LogClient,
    private readonly options: LogWatchOptions = {},
  ) {}

  /**
   * Checks what is new: the newest checkpoint against the one that is known, then every entry and
   * tile up to it. Throws only when the log does not answer or a file cannot be used.
   */
  async inspect(): Promise<LogReport> {
    let now: SignedCheckpoint;
    try {
      now = await this.client.checkpoint();
    } catch (fault) {
      if (fault instanceof Problem && fault.problem === 'not-found')
        throw new Error(fault.details.detail, { cause: fault });
      const origin = this.client.keys.map(({ name }) => name).join(', ');
      return { origin, treeSize: 0, findings: [findingOf(fault, 'checkpoint', null)] };
    }
    await this.#remember(now);
    const contradiction = this.#known && (await inspectGrowth(this.client, this.#known, now));
    if (contradiction) return this.#evidence(this.#known!, now, contradiction);
    return this.#inspectEntries(now);
  }

  /** Reads what earlier audits left, on the first call. */
  async #remember(now: SignedCheckpoint): Promise<void> {
    const { checkpointFile, resumeFile } = this.options;
    if (!this.#known && checkpointFile !== undefined && existsSync(checkpointFile))
      this.#known = await this.client.open(new TextDecoder().decode(readBytes(checkpointFile)));
    if (this.#progress) return;
    const isResumed = resumeFile !== undefined && existsSync(resumeFile);
    this.#progress = isResumed ? parseProgress(readBytes(resumeFile)) : noProgress(now.origin);
  }

  async #inspectEntries(now: SignedCheckpoint): Promise<LogReport> {
    const { origin, treeSize } = now;
    const start = this.#progress!;
    if (start.chain.index > treeSize) {
      const detail = `The log has ${treeSize} entries; ${start.chain.index} of it were read before.`;
      const finding = { name: 'rolled-back', table: 'checkpoint', index: treeSize, detail };
      return { origin, treeSize, findings: [finding] };
    }
    // Between two looks most logs stand still; the two roots of one size were compared before.
    if (start.chain.index === treeSize && this.#known?.treeSize === treeSize)
      return { origin, treeSize, findings: [] };
    const { findings, progress } = await auditLog(
      this.client,
      start,
      now,
      async (reached, size, isWhole) => {
        await this.options.onPage?.(reached, size, isWhole);
        if (isWhole && ++this.#pages % PAGES_A_WRITE === 0) await this.#save(reached);
      },
    );
    // What was found wrong is to be found again: an audit goes on only from what was whole.
    if (findings.length === 0) await this.#keep(now, progress);
    return { origin, treeSize, findings };
  }

  async #keep(now: SignedCheckpoint, progress: LogProgress): Promise<void> {
    this.#known = now;
    this.#progress = progress;
    await this.#save(progress);
    const { checkpointFile } = this.options;
    if (checkpointFile !== undefined)
      await replaceFile(checkpointFile, new TextEncoder().encode(now.note));
  }

  async #save(progress: LogProgress): Promise<void> {
    const { resumeFile } = this.options;
    if (resumeFile !== undefined) await replaceFile(resumeFile, formatProgress(progress));
  }

  /** Both notes are worth more than the finding: anybody can check the two signatures. */
  async #evidence(
    before: SignedCheckpoint,
    now: SignedCheckpoint,
    finding: AuditFinding,
  ): Promise<LogReport> {
    const { checkpointFile } = this.options;
    if (checkpointFile !== undefined)
      await replaceFile(
        `${checkpointFile}.${finding.name}-${now.treeSize}`,
        new TextEncoder().encode(now.note),
      );
    const { origin, treeSize } = now;
    return { origin, treeSize, findings: [finding], evidence: [before.note, now.note] };
  }
}
