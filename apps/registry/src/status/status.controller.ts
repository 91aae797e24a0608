import { Controller, Get, Header, Param } from '@nestjs/common';
import type { StatusPurpose } from '#lib/credentials';
import { Access } from '#lib/http';
import { refuse } from '#lib/problem';
import { StatusRegister } from './status-register.js';

/** The signed lists that say which certificates are revoked or suspended. */
@Controller('status')
@Access('public')
export class StatusController {
  constructor(private readonly register: StatusRegister) {}

  @Get(':purpose')
  @Header('content-type', 'application/vc')
  @Header('cache-control', 'no-cache')
  async list(@Param('purpose') purpose: string): Promise<string> {
    return JSON.stringify(await this.register.list(requirePurpose(purpose)));
  }
}

function requirePurpose(purpose: string): StatusPurpose {
  if (purpose === 'revocation' || purpose === 'suspension') return purpose;
  throw refuse('not-found', `There is no status list for "${purpose}".`);
}
