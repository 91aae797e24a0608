import { Injectable } from '@nestjs/common';
import type { Receipt } from '#lib/documents';
import { refuse } from '#lib/problem';
import { parseTilePath } from '#lib/tlog';
import { Registry } from '../registry.js';
import { formatReceipt } from '../statements/receipt.js';

/** Reads the log as anybody may: nothing here says who said what. */
@Injectable()
export class ReadLog {
  constructor(private readonly registry: Registry) {}

  /** The newest checkpoint: a signed note. */
  checkpoint(): Promise<string> {
    return this.registry.log.checkpoint();
  }

  /**
   * The bytes at `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`. Throws `invalid-log-path`,
   * and `not-found` for what the tree does not hold yet.
   */
  tile(path: string): Promise<Uint8Array> {
    const { level, index, width } = parseTilePath(path);
    const { log } = this.registry;
    return level === 'entries' ? log.entryBundle(index, width) : log.tile(level, index, width);
  }

  /** The receipt of the entry at a decimal index, in the newest tree. */
  async proofOf(index: string): Promise<Receipt> {
    if (!/^(0|[1-9][0-9]{0,15})$/.test(index))
      throw refuse('invalid-request', 'The index is not a whole number.', '/index');
    const treeSize = await this.registry.log.treeSize();
    return formatReceipt(await this.registry.log.receipt(Number(index), treeSize));
  }

  /** The receipt of the statement with that digest, in the newest tree. */
  async proofOfDigest(digest: string): Promise<Receipt> {
    const found = await this.registry.ledger.statementByDigest(requireDigest(digest));
    if (!found) throw refuse('not-found', `The log holds no statement ${digest}.`);
    return this.proofOf(String(found.index));
  }
}

/** The digest, when it is one; throws `invalid-request`. */
export function requireDigest(digest: string): string {
  if (/^[0-9a-f]{64}$/.test(digest)) return digest;
  throw refuse('invalid-request', 'The digest is not 64 lower-case hexadecimal digits.', '/digest');
}
