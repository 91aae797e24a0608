import { Controller, Get } from '@nestjs/common';
import { Access } from '#lib/http';
import { ledgerOwnershipWarning, poolOf } from '#lib/store';
import { Registry } from '../registry.js';

/** Whether the process answers, and whether the registry can record. */
@Controller('health')
@Access('public')
export class HealthController {
  constructor(private readonly registry: Registry) {}

  @Get('live')
  live() {
    return { status: 'live' };
  }

  /** Reads and verifies the newest checkpoint: a database that is away or was changed shows here. */
  @Get('ready')
  async ready() {
    const treeSize = await this.registry.log.treeSize();
    const warning = await ledgerOwnershipWarning(poolOf(this.registry.dataSource));
    return {
      status: 'ready',
      treeSize,
      waiting: this.registry.sequencer.waiting,
      warnings: warning === undefined ? [] : [warning],
    };
  }
}
