import { Controller, Get, Header, Headers, HttpStatus, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Access } from '#lib/http';
import { Registry } from '../registry.js';

/** What anybody may read first, by what it is. */
const PUBLIC = {
  docs: '/docs',
  openapi: '/openapi.json',
  problems: '/problems',
  trust: '/trust.json',
  didDocument: '/.well-known/did.json',
  checkpoint: '/log/checkpoint',
  logs: '/logs',
  witness: '/witness',
  rulesets: '/rulesets',
  status: { revocation: '/status/revocation', suspension: '/status/suspension' },
  ready: '/health/ready',
};

/** The address that people type first. */
@Controller()
@Access('public')
export class FrontDoorController {
  constructor(private readonly registry: Registry) {}

  /** A browser asks for HTML and is shown the page; a program learns what there is. */
  @Get()
  @Header('vary', 'accept')
  open(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): object | undefined {
    if (accept?.includes('text/html')) {
      void reply.status(HttpStatus.FOUND).header('location', PUBLIC.docs);
      return undefined;
    }
    const { name, jurisdiction, did, origin } = this.registry.identity;
    return { name, jurisdiction, registry: did, log: origin, ...PUBLIC };
  }
}
