import { Controller, Get, HttpStatus, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { MAX_DOCUMENT_BYTES, type Receipt } from '#lib/documents';
import { Access, CallingParty, SignedBody, type SessionParty } from '#lib/http';
import { AdmitStatement } from './admit-statement.js';
import { ReadStatement, type StatementView } from './read-statement.js';

/** Signed statements in, with their receipts; out again verbatim. */
@Controller('statements')
@Access('public')
export class StatementsController {
  constructor(
    private readonly admitStatement: AdmitStatement,
    private readonly readStatement: ReadStatement,
  ) {}

  /** Who may say what is decided by the statement's own signatures, not by a session. */
  @Post()
  async admit(
    @SignedBody(MAX_DOCUMENT_BYTES) body: Uint8Array,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Receipt> {
    const { receipt, isNew } = await this.admitStatement.admit(body);
    void reply.status(isNew ? HttpStatus.CREATED : HttpStatus.OK);
    return receipt;
  }

  @Get(':digest')
  read(
    @Param('digest') digest: string,
    @CallingParty() party: SessionParty | undefined,
  ): Promise<StatementView> {
    return this.readStatement.read(digest, party);
  }
}
