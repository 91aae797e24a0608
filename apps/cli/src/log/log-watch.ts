import { existsSync } from 'node:fs';
import { Problem, refuse } from '#lib/problem';
import { parseCheckpoint, parseNote } from '#lib/tlog';
import { readBytes, replaceFile } from '../files.js';
import { auditLog, inspectGrowth, type PageListener } from './audit-log.js';
import type { LogClient, SignedCheckpoint } from './log-client.js';
import { findingOf, type AuditFinding, type AuditReport } from './log-finding.js';
import { formatProgress, noProgress, parseProgress, type LogProgress } from './log-progress.js';
import { readLogWord, type LogWord } from './log-word.js';
import { auditPredecessors, type PredecessorAudit } from './predecessors.js';
import { newestCheckpoint } from './succession.js';

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

/** Audits one log, and those before it, again and again, each time from where the last time ended. */
export class LogWatch {
  #client: LogClient;
  #known: SignedCheckpoint | undefined;
  /** A checkpoint that was kept of a log before this one. */
  #keptBefore: { origin: string; note: string } | undefined;
  #progress: LogProgress | undefined;
  #past: PredecessorAudit | undefined;
  #pages = 0;

  constructor(
    client: LogClient,
    private readonly options: LogWatchOptions = {},
  ) {
    this.#client = client;
  }

  /** Whether the last inspection came back to a log that succeeds none. */
  get coversPredecessors(): boolean {
    return this.#past?.isWhole ?? false;
  }

  /**
   * Checks what is new: the newest checkpoint against the one that is known, then every entry and
   * tile up to it; the first time also the logs before. Throws only when the log does not answer, a
   * file cannot be used, or another log has taken its place (LogSucceeded).
   */
  async inspect(): Promise<LogReport> {
    let now: SignedCheckpoint;
    try {
      ({ client: this.#client, now } = await newestCheckpoint(this.#client));
    } catch (fault) {
      if (fault instanceof Problem && fault.problem === 'not-found')
        throw new Error(fault.details.detail, { cause: fault });
      const origin = this.#client.keys.map(({ name }) => name).join(', ');
      return { origin, treeSize: 0, findings: [findingOf(fault, 'checkpoint', null)] };
    }
    await this.#remember(now);
    const contradiction = this.#known && (await inspectGrowth(this.#client, this.#known, now));
    if (contradiction) return this.#evidence(this.#known!, now, contradiction);
    const { logs, findings } = await this.#inspectPast(now);
    if (findings.length === 0) this.#requireKept(logs, now);
    const report = await this.#inspectEntries(now, findings.length === 0);
    const predecessors = logs.length > 0 ? { predecessors: logs } : {};
    return { ...report, ...predecessors, findings: [...findings, ...report.findings] };
  }

  /** Reads what earlier audits left, on the first call. */
  async #remember(now: SignedCheckpoint): Promise<void> {
    if (this.#progress) return;
    const { checkpointFile, resumeFile } = this.options;
    if (checkpointFile !== undefined && existsSync(checkpointFile)) {
      const note = new TextDecoder().decode(readBytes(checkpointFile));
      const { origin } = parseCheckpoint(parseNote(note).text);
      if (origin === now.origin) this.#known = await this.#client.open(note);
      else this.#keptBefore = { origin, note };
    }
    const isResumed = resumeFile !== undefined && existsSync(resumeFile);
    const progress = isResumed ? parseProgress(readBytes(resumeFile)) : noProgress(now.origin);
    this.#progress = progress.chain.origin === now.origin ? progress : noProgress(now.origin);
  }

  /** What the log says of its keys is read each time; the logs before do not change. */
  async #inspectPast(now: SignedCheckpoint): Promise<PredecessorAudit> {
    try {
      const word = await readLogWord(this.#client, now);
      this.#client = this.#client.believing(word?.keys ?? []);
      if (word) return (this.#past ??= await this.#inspectPredecessors(word));
    } catch (fault) {
      return { logs: [], findings: [findingOf(fault, 'statement', null)], isWhole: false };
    }
    return { logs: [], findings: [], isWhole: false };
  }

  async #inspectPredecessors({ predecessor }: LogWord): Promise<PredecessorAudit> {
    const contradictions: AuditFinding[] = [];
    const past = await auditPredecessors(this.#client, predecessor, {
      // Whoever has read on in this log has read those before it, and found nothing.
      headsOnly: this.#progress!.chain.index > 0,
      onPage: async (reached, size, isWhole) => this.options.onPage?.(reached, size, isWhole),
      onLog: async (client, frozen) => {
        if (this.#keptBefore?.origin !== frozen.origin) return;
        const kept = await client.open(this.#keptBefore.note);
        const contradiction = await inspectGrowth(client, kept, frozen);
        if (contradiction) contradictions.push({ ...contradiction, origin: frozen.origin });
      },
    });
    return { ...past, findings: [...contradictions, ...past.findings] };
  }

  /** What was kept of a log that is no part of this one's history cannot be gone on from. */
  #requireKept(logs: PredecessorAudit['logs'], now: SignedCheckpoint): void {
    const kept = this.#keptBefore?.origin;
    if (kept === undefined || logs.some(({ origin }) => origin === kept)) return;
    throw refuse(
      'checkpoint-invalid',
      `The checkpoint kept is of ${kept}; this is the log of ${now.origin}, and nothing here says that it succeeds the other.`,
    );
  }

  async #inspectEntries(now: SignedCheckpoint, isPastSound: boolean): Promise<LogReport> {
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
      this.#client,
      start,
      now,
      async (reached, size, isWhole) => {
        await this.options.onPage?.(reached, size, isWhole);
        const isKept = isWhole && isPastSound;
        if (isKept && ++this.#pages % PAGES_A_WRITE === 0) await this.#save(reached);
      },
    );
    // What was found wrong is to be found again: an audit goes on only from what was whole.
    if (findings.length === 0 && isPastSound) await this.#keep(now, progress);
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
