import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { readVerifiedBefore, type ReadSubmission } from './reopen-statement.js';

/** How far an audit came. */
interface Mark {
  /** Statements that were opened, in the order of the log. */
  opened: number;
  /** Hash chain over their exact bodies: what was verified is these bytes and no others. */
  chain: string;
  /** Those among them, by number, whose proofs did not hold. */
  refused: number[];
}

/** One statement among those that are being read. */
interface Step extends Omit<Mark, 'refused'> {
  isSettled: boolean;
  isRefused: boolean;
}

const NOTHING: Mark = { opened: 0, chain: '', refused: [] };

/**
 * What an auditor remembers of an audit that was cut off, in a file of its own and not in the
 * database that it examines. To verify signatures is most of the work: those that were verified over
 * the same bodies are not verified again. Everything else is, since the database may have changed.
 */
export class AuditMemory {
  /** Statements that are being read, in the order of the log; the last is the one begun last. */
  #steps: Step[] = [];
  /** Up to where the verdict of every statement is known: what lies behind counts for nothing yet. */
  #settled: Mark = { ...NOTHING, refused: [] };
  #isStale = false;

  private constructor(
    private readonly file: string | undefined,
    private readonly known: Mark,
  ) {}

  /** Without a file, or with one that is not there yet, nothing is remembered so far. */
  static at(file: string | undefined): AuditMemory {
    const isThere = file !== undefined && fs.existsSync(file);
    return new AuditMemory(file, isThere ? parseMark(fs.readFileSync(file, 'utf8')) : NOTHING);
  }

  /** Keeps what there is to remember from now on, and forgets what was remembered. */
  anew(): AuditMemory {
    return new AuditMemory(this.file, NOTHING);
  }

  /** Whether the bodies are not those that were verified: then the audit counts for nothing. */
  get isStale(): boolean {
    return this.#isStale || this.#settled.opened < this.known.opened;
  }

  /**
   * `verify` for bodies that were not verified before. Call it in the order of the log; several may
   * be under way at once.
   */
  reader(verify: ReadSubmission): ReadSubmission {
    return async (body, documents) => {
      const step = this.#begin(body);
      const number = step.opened - 1;
      const wasVerified = number < this.known.opened && !this.known.refused.includes(number);
      try {
        return await (wasVerified ? readVerifiedBefore : verify)(body, documents);
      } catch (refusal) {
        step.isRefused = !wasVerified;
        throw refusal;
      } finally {
        step.isSettled = true;
        this.#settle();
      }
    };
  }

  /** Writes down how far the audit is. */
  save(): void {
    const { opened } = this.#settled;
    if (this.file === undefined || opened <= this.known.opened || this.#isStale) return;
    const temporary = `${this.file}.${randomBytes(6).toString('hex')}.tmp`;
    fs.writeFileSync(temporary, JSON.stringify(this.#settled), { flush: true });
    fs.renameSync(temporary, this.file);
  }

  #begin(body: Uint8Array): Step {
    const before = this.#steps.at(-1) ?? this.#settled;
    const opened = before.opened + 1;
    const chain = createHash('sha256').update(before.chain).update(body).digest('hex');
    if (opened === this.known.opened) this.#isStale = chain !== this.known.chain;
    const step = { opened, chain, isSettled: false, isRefused: false };
    this.#steps.push(step);
    return step;
  }

  #settle(): void {
    while (this.#steps[0]?.isSettled) {
      const { opened, chain, isRefused } = this.#steps.shift()!;
      const { refused } = this.#settled;
      if (isRefused) refused.push(opened - 1);
      this.#settled = { opened, chain, refused };
    }
  }
}

function parseMark(text: string): Mark {
  const { opened, chain, refused } = Object(parsed(text)) as Partial<Mark>;
  const isMark =
    Number.isSafeInteger(opened) &&
    typeof chain === 'string' &&
    Array.isArray(refused) &&
    refused.every(Number.isSafeInteger);
  if (!isMark) throw new Error('the file named with --resume is not what an audit has left');
  return { opened: opened!, chain, refused };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
