import { Controller, HttpStatus, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Receipt } from '#lib/documents';
import { Access, CallingParty, SignedBody, type SessionParty } from '#lib/http';
import { AdmitImport } from './admit-import.js';
import { RefuseImport, type RecordedRefusal } from './refuse-import.js';

/** Material that comes from another registry, with the evidence for it. */
@Controller('imports')
@Access('public')
export class ImportsController {
  constructor(
    private readonly admitImport: AdmitImport,
    private readonly refuseImport: RefuseImport,
  ) {}

  /** Who may import is decided by the importer's signature and the release, not by a session. */
  @Post()
  async admit(
    @SignedBody() body: Uint8Array,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Receipt> {
    const { receipt, isNew } = await this.admitImport.admit(body);
    void reply.status(isNew ? HttpStatus.CREATED : HttpStatus.OK);
    return receipt;
  }

  /** The importer, or the authority, declines a release; the answer is what the home registry needs. */
  @Post('refusals')
  @Access('party')
  async refuse(
    @CallingParty() party: SessionParty,
    @SignedBody() body: Uint8Array,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Omit<RecordedRefusal, 'isNew'>> {
    const { isNew, ...refusal } = await this.refuseImport.refuse(party, body);
    void reply.status(isNew ? HttpStatus.CREATED : HttpStatus.OK);
    return refusal;
  }
}
