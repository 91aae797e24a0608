import { createHash } from 'node:crypto';
import { Controller, Get, Header, Headers, Param, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Access, CheckedQuery } from '#lib/http';
import { CheckpointsQuery } from './log-queries.js';
import { OwnLogs, type KeyStatements } from './own-logs.js';
import { ReadLog } from './read-log.js';

/** What a tile never does again is change. A checkpoint does: witnesses add their lines to it. */
const FOR_EVER = 'public, max-age=31536000, immutable';
/** A reader may be a few seconds behind, which C2SP tlog-tiles allows; the log then serves many. */
const A_MOMENT = 'public, max-age=2';

/**
 * A log for all the world: C2SP tlog-tiles, and every checkpoint ever signed. The newest is under
 * /log, and each that this registry keeps, or kept, under a prefix that is its own for ever.
 */
@Controller(['log', 'logs/:log'])
@Access('public')
export class LogController {
  constructor(
    private readonly log: ReadLog,
    private readonly logs: OwnLogs,
  ) {}

  @Get('checkpoint')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', A_MOMENT)
  checkpoint(@Param('log') log?: string): Promise<string> {
    return this.log.checkpoint(log);
  }

  @Get('keys')
  @Header('cache-control', A_MOMENT)
  keys(@Param('log') log?: string): Promise<KeyStatements> {
    return this.logs.keys(log);
  }

  @Get('checkpoints')
  @Header('cache-control', A_MOMENT)
  checkpoints(
    @CheckedQuery() { from = '0' }: CheckpointsQuery,
    @Param('log') log?: string,
  ): Promise<{ checkpoints: string[]; next: number | null }> {
    return this.log.checkpoints(Number(from), log);
  }

  @Get('checkpoints/:size')
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', A_MOMENT)
  checkpointAt(@Param('size') size: string, @Param('log') log?: string): Promise<string> {
    return this.log.checkpointAt(size, log);
  }

  @Get('tile/*')
  async tile(
    @Param('*') path: string,
    @Headers('if-none-match') known: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Param('log') log?: string,
  ): Promise<StreamableFile | undefined> {
    const bytes = await this.log.tile(`tile/${path}`, log);
    const tag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
    void reply.header('cache-control', FOR_EVER).header('etag', tag);
    if (known?.split(/\s*,\s*/).includes(tag)) {
      void reply.code(304);
      return undefined;
    }
    return new StreamableFile(bytes, { type: 'application/octet-stream', length: bytes.length });
  }
}
