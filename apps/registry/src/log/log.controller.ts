import { Controller, Get, Header, Param, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Receipt } from '#lib/documents';
import { Access } from '#lib/http';
import { ReadLog } from './read-log.js';

/** What a tile never does again is change. */
const FOR_EVER = 'public, max-age=31536000, immutable';

/** The log for all the world: C2SP tlog-tiles under /log, and proofs of single entries. */
@Controller('log')
@Access('public')
export class LogController {
  constructor(private readonly log: ReadLog) {}

  @Get('checkpoint')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'no-cache')
  checkpoint(): Promise<string> {
    return this.log.checkpoint();
  }

  @Get('tile/*')
  async tile(
    @Param('*') path: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const bytes = await this.log.tile(`tile/${path}`);
    void reply.header('cache-control', FOR_EVER);
    return new StreamableFile(bytes, { type: 'application/octet-stream', length: bytes.length });
  }

  @Get('entries/:index/proof')
  proof(@Param('index') index: string): Promise<Receipt> {
    return this.log.proofOf(index);
  }

  @Get('entries/by-digest/:digest/proof')
  proofByDigest(@Param('digest') digest: string): Promise<Receipt> {
    return this.log.proofOfDigest(digest);
  }
}
