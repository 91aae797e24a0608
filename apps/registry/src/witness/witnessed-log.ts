import type { CosignatureStore, LogReader, Receipt } from '#lib/store';
import type { Crypto } from '#lib/documents';
import { Problem } from '#lib/problem';
import {
  evaluateQuorum,
  formatNote,
  formatTlogProof,
  openNote,
  parseCheckpoint,
  parseNote,
  parseSignatureLines,
  parseTlogProof,
  type TlogPolicy,
  type VerifiedSignature,
} from '#lib/tlog';
import type { WitnessPolicy } from './witness-policy.js';

/** A checkpoint of ours with every line of a witness in the policy that verifies. */
export interface WitnessedNote {
  treeSize: number;
  note: string;
  /** Whether these lines are what the policy asks for. */
  hasQuorum: boolean;
}

/** Our log as witnesses have seen it. Lines come from the database, and are verified as they are read. */
export class WitnessedLog {
  constructor(
    private readonly crypto: Crypto,
    private readonly reader: LogReader,
    private readonly cosignatures: CosignatureStore,
    private readonly policy: WitnessPolicy,
  ) {}

  /** The newest checkpoint, with the cosignatures that it has so far. */
  async newest(): Promise<WitnessedNote> {
    const note = await this.reader.checkpoint();
    const { treeSize } = parseCheckpoint(parseNote(note).text);
    return this.#withLines(treeSize, note);
  }

  /** The checkpoint that was signed at that size, likewise; throws `not-found`. */
  async at(treeSize: number): Promise<WitnessedNote> {
    return this.#withLines(treeSize, await this.reader.checkpointAt(treeSize));
  }

  /**
   * What proves the first `size` entries best: the newest checkpoint that the policy's quorum has
   * cosigned, if one covers them, else the newest. Without a quorum in the policy the newest will do.
   */
  async covering(size: number): Promise<WitnessedNote> {
    const newest = await this.newest();
    if (newest.hasQuorum) return newest;
    return (await this.#quorate(size)) ?? newest;
  }

  /** The size of the newest tree that the policy's quorum has cosigned; undefined when there is none. */
  async quorumSize(): Promise<number | undefined> {
    if ((await this.policy.current()).quorum === undefined) return undefined;
    return (await this.#quorate(0))?.treeSize;
  }

  /** The receipt of an entry in the tree of a witnessed checkpoint, which must cover it. */
  async receipt(index: number, { treeSize, note }: WitnessedNote): Promise<Receipt> {
    const receipt = await this.reader.receipt(index, treeSize);
    const proof = { ...parseTlogProof(receipt.proof), checkpoint: note };
    return { ...receipt, proof: formatTlogProof(proof) };
  }

  async #withLines(treeSize: number, note: string): Promise<WitnessedNote> {
    const lines = await this.cosignatures.at(treeSize);
    return this.#witnessed(await this.policy.current(), treeSize, note, lines);
  }

  async #quorate(size: number): Promise<WitnessedNote | undefined> {
    const policy = await this.policy.current();
    for (const [treeSize, lines] of await this.cosignatures.covering(size)) {
      const note = await this.reader.checkpointAt(treeSize);
      const witnessed = await this.#witnessed(policy, treeSize, note, lines);
      if (witnessed.hasQuorum) return witnessed;
    }
    return undefined;
  }

  async #witnessed(
    policy: TlogPolicy,
    treeSize: number,
    note: string,
    lines: readonly { line: string }[],
  ): Promise<WitnessedNote> {
    const { text, signatures } = parseNote(note);
    const opened: VerifiedSignature[] = [];
    for (const { line } of lines) opened.push(...(await this.#verified(policy, text, line)));
    const cosigners = policy.witnesses.filter((each) => opened.some(({ key }) => key === each.key));
    const { satisfied } = evaluateQuorum(
      policy,
      cosigners.map(({ name }) => name),
    );
    const all = [...signatures, ...opened.map((each) => each.line)];
    return { treeSize, note: formatNote({ text, signatures: all }), hasQuorum: satisfied };
  }

  /** The signature in a stored line; none if it is not, or no longer, of a witness in the policy. */
  async #verified(policy: TlogPolicy, text: string, line: string): Promise<VerifiedSignature[]> {
    try {
      const note = formatNote({ text, signatures: parseSignatureLines(`${line}\n`) });
      const keys = policy.witnesses.map(({ key }) => key);
      return (await openNote(this.crypto, note, keys)).signatures;
    } catch (error) {
      if (error instanceof Problem) return [];
      throw error;
    }
  }
}
