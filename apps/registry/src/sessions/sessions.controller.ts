import { Controller, Get, Header, Post } from '@nestjs/common';
import { Access, Sessions, SignedBody, type Challenge, type Session } from '#lib/http';
import { OpenSession, PRESENTATION_BYTES_MAX } from './open-session.js';

/** Sessions for reading what is not public: a party proves who it is by a signed presentation. */
@Controller('sessions')
@Access('public')
export class SessionsController {
  constructor(
    private readonly sessions: Sessions,
    private readonly openSession: OpenSession,
  ) {}

  @Get('challenge')
  @Header('cache-control', 'no-store')
  challenge(): Challenge {
    return this.sessions.challenge();
  }

  @Post()
  @Header('cache-control', 'no-store')
  open(@SignedBody(PRESENTATION_BYTES_MAX) body: Uint8Array): Promise<Session> {
    return this.openSession.open(body);
  }
}
