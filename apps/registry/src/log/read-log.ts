import { Injectable } from '@nestjs/common';
import { base64 } from '@scure/base';
import type { Receipt } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { refuse } from '#lib/problem';
import { leafHash } from '#lib/tlog';
import { Registry, type OwnLog } from '../registry.js';
import { readTile } from './log-file.js';
import { OwnLogs } from './own-logs.js';

/** An inclusion proof as JSON: hashes in base64, the leaf's sibling first (RFC 6962 §2.1.1). */
export interface InclusionProof {
  index: number;
  treeSize: number;
  leafHash: string;
  hashes: string[];
}

/** A consistency proof as JSON: hashes in base64 (RFC 6962 §2.1.2). */
export interface ConsistencyProof {
  from: number;
  to: number;
  hashes: string[];
}

/**
 * Reads a log as anybody may: nothing here says who said what, and nothing waits for a writer. Of
 * several it is the one that `log` names, as `OwnLogs.find` has it.
 */
@Injectable()
export class ReadLog {
  constructor(
    private readonly registry: Registry,
    private readonly logs: OwnLogs,
  ) {}

  /** The newest checkpoint: a signed note, with the cosignatures that it has so far. */
  async checkpoint(log?: string): Promise<string> {
    return (await this.logs.find(log).witnessed.newest()).note;
  }

  /** As `checkpoint`, the one that was signed for a tree of so many entries; throws `not-found`. */
  async checkpointAt(size: string, log?: string): Promise<string> {
    return (await this.logs.find(log).witnessed.at(wholeNumber(size, '/size'))).note;
  }

  /** Every checkpoint ever signed, page by page, from a tree size on. */
  async checkpoints(
    from: number,
    log?: string,
  ): Promise<{ checkpoints: string[]; next: number | null }> {
    const { notes, next } = await this.logs.find(log).reader.checkpoints(from);
    return { checkpoints: notes, next };
  }

  /** A tile or an entry bundle by its path; throws as `readTile` does. */
  async tile(path: string, log?: string): Promise<Uint8Array> {
    return readTile(this.logs.find(log).reader, path);
  }

  /** Throws `invalid-log-path` for an index outside the tree, `not-found` for a tree to come. */
  async inclusion(index: number, treeSize: number, log?: string): Promise<InclusionProof> {
    const { reader } = this.logs.find(log);
    const hashes = await reader.inclusionProof(index, treeSize);
    const leaf = leafHash(nodeCrypto.sha256, await reader.entry(index));
    return { index, treeSize, leafHash: base64.encode(leaf), hashes: hashes.map(base64.encode) };
  }

  /** Throws `invalid-log-path` unless 0 < from <= to, `not-found` for a tree to come. */
  async consistency(from: number, to: number, log?: string): Promise<ConsistencyProof> {
    const hashes = await this.logs.find(log).reader.consistencyProof(from, to);
    return { from, to, hashes: hashes.map(base64.encode) };
  }

  /**
   * The receipt of the entry at a decimal index: in the tree of `size`, which was signed, else in the
   * newest that the witnesses' quorum has cosigned, else in the newest of all.
   */
  async proofOf(index: string, size?: string, log?: string): Promise<Receipt> {
    return this.proofIn(this.logs.find(log), wholeNumber(index, '/index'), size);
  }

  /**
   * As `proofOf`, by the digest of the statement: in whichever log of the registry it is, unless one
   * is named.
   */
  async proofOfDigest(digest: string, size?: string, log?: string): Promise<Receipt> {
    const found = await this.registry.ledger.statementByDigest(requireDigest(digest));
    const { logs } = this.registry;
    const isThere = found && (log === undefined || this.logs.find(log).origin === found.origin);
    if (!isThere) throw refuse('not-found', `The log holds no statement ${digest}.`);
    return this.proofIn(logs.get(found.origin)!, found.index, size);
  }

  private async proofIn(
    { witnessed }: OwnLog,
    index: number,
    size: string | undefined,
  ): Promise<Receipt> {
    const covering =
      size === undefined
        ? await witnessed.covering(index + 1)
        : await witnessed.at(wholeNumber(size, '/size'));
    return witnessed.receipt(index, covering);
  }
}

/** The digest, when it is one; throws `invalid-request`. */
export function requireDigest(digest: string): string {
  if (/^[0-9a-f]{64}$/.test(digest)) return digest;
  throw refuse('invalid-request', 'The digest is not 64 lower-case hexadecimal digits.', '/digest');
}

function wholeNumber(text: string, pointer: string): number {
  if (/^(0|[1-9][0-9]{0,15})$/.test(text)) return Number(text);
  throw refuse('invalid-request', 'This is not a whole number in decimal.', pointer);
}
