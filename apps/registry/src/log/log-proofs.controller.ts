import { Controller, Get, Header, Param } from '@nestjs/common';
import type { Receipt } from '#lib/documents';
import { Access, CheckedQuery } from '#lib/http';
import { ConsistencyQuery, InclusionQuery, ProofQuery } from './log-queries.js';
import { ReadLog, type ConsistencyProof, type InclusionProof } from './read-log.js';

const PLAIN = 'text/plain; charset=utf-8';

/** Proofs over a log, the newest or the one that is named: of single entries, of places in a tree, of one tree within another. */
@Controller(['log', 'logs/:log'])
@Access('public')
export class LogProofsController {
  constructor(private readonly log: ReadLog) {}

  @Get('entries/:index/proof')
  proof(
    @Param('index') index: string,
    @CheckedQuery() { size }: ProofQuery,
    @Param('log') log?: string,
  ): Promise<Receipt> {
    return this.log.proofOf(index, size, log);
  }

  @Get('entries/by-digest/:digest/proof')
  proofByDigest(
    @Param('digest') digest: string,
    @CheckedQuery() { size }: ProofQuery,
    @Param('log') log?: string,
  ): Promise<Receipt> {
    return this.log.proofOfDigest(digest, size, log);
  }

  @Get('entries/:index/tlog-proof')
  @Header('content-type', PLAIN)
  async tlogProof(
    @Param('index') index: string,
    @CheckedQuery() { size }: ProofQuery,
    @Param('log') log?: string,
  ): Promise<string> {
    return (await this.log.proofOf(index, size, log)).proof;
  }

  @Get('entries/by-digest/:digest/tlog-proof')
  @Header('content-type', PLAIN)
  async tlogProofByDigest(
    @Param('digest') digest: string,
    @CheckedQuery() { size }: ProofQuery,
    @Param('log') log?: string,
  ): Promise<string> {
    return (await this.log.proofOfDigest(digest, size, log)).proof;
  }

  @Get('inclusion')
  inclusion(
    @CheckedQuery() { index, size }: InclusionQuery,
    @Param('log') log?: string,
  ): Promise<InclusionProof> {
    return this.log.inclusion(Number(index), Number(size), log);
  }

  @Get('consistency')
  consistency(
    @CheckedQuery() { from, to }: ConsistencyQuery,
    @Param('log') log?: string,
  ): Promise<ConsistencyProof> {
    return this.log.consistency(Number(from), Number(to), log);
  }
}
