import { Controller, Get, Header } from '@nestjs/common';
import type { DidDocument } from '#lib/credentials';
import type { Trust } from '#lib/documents';
import { Access } from '#lib/http';
import { PresentIdentity } from './present-identity.js';

/** Who this registry is, for those who verify what it signed. */
@Controller()
@Access('public')
export class IdentityController {
  constructor(private readonly identity: PresentIdentity) {}

  @Get('.well-known/did.json')
  @Header('content-type', 'application/did+json')
  didDocument(): Promise<DidDocument> {
    return this.identity.didDocument();
  }

  @Get('trust.json')
  trust(): Trust {
    return this.identity.trust();
  }
}
