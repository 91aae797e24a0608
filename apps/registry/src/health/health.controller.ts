import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Access } from '#lib/http';
import { ReadHealth, type Health } from './read-health.js';

/** Whether the process answers, and whether the registry can record. */
@Controller('health')
@Access('public')
export class HealthController {
  constructor(private readonly health: ReadHealth) {}

  @Get('live')
  live() {
    return { status: 'live' };
  }

  /** 503 while nothing can be recorded: balancers look at the status, people at the reason. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    const health = await this.health.read();
    if (health.status !== 'ready') void reply.status(HttpStatus.SERVICE_UNAVAILABLE);
    return health;
  }
}
