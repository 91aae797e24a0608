import { Controller, Get, Header } from '@nestjs/common';
import { Access } from '#lib/http';
import { OwnLogs, type LogDescription } from './own-logs.js';

/** Which logs this registry keeps, and where each is read. */
@Controller('logs')
@Access('public')
export class LogsController {
  constructor(private readonly logs: OwnLogs) {}

  @Get()
  @Header('cache-control', 'public, max-age=2')
  list(): Promise<LogDescription[]> {
    return this.logs.list();
  }
}
