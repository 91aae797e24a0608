import { Controller, Get, Header, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Access, NoteBody } from '#lib/http';
import type { ForkEvidence } from '#lib/store';
import { formatWitnessedSize, WITNESSED_SIZE_MEDIA_TYPE } from '#lib/tlog';
import { CosignCheckpoint } from './cosign-checkpoint.js';
import { PresentWitness, type WitnessDescription } from './present-witness.js';

const TEXT = 'text/plain; charset=utf-8';

/** This registry as a witness of other logs: C2SP tlog-witness under /witness. */
@Controller('witness')
@Access('public')
export class WitnessController {
  constructor(
    private readonly cosign: CosignCheckpoint,
    private readonly present: PresentWitness,
  ) {}

  @Get()
  describe(): Promise<WitnessDescription> {
    return this.present.describe();
  }

  @Post('add-checkpoint')
  async addCheckpoint(
    @NoteBody() body: Uint8Array,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const answer = await this.cosign.add(body);
    void reply.status(answer.status);
    void reply.header('content-type', answer.status === 200 ? TEXT : WITNESSED_SIZE_MEDIA_TYPE);
    return answer.status === 200 ? answer.lines : formatWitnessedSize(answer.size);
  }

  @Get('evidence')
  evidence(): Promise<ForkEvidence[]> {
    return this.present.evidence();
  }

  @Get(':originHash/checkpoint')
  @Header('content-type', TEXT)
  @Header('cache-control', 'no-cache')
  checkpoint(@Param('originHash') hash: string): Promise<string> {
    return this.present.checkpoint(hash);
  }
}
