import { Controller, Get, Param } from '@nestjs/common';
import { Access, CallingParty, type SessionParty } from '#lib/http';
import type { BatchState } from '#lib/materials';
import { Mandates } from '../ledger/mandates.js';
import { TraceBatch, type CustodyView, type LineageView } from './trace-batch.js';

/** Batches, for those who made, hold or own them, and for those who watch over them. */
@Controller('batches')
@Access('party')
export class BatchesController {
  constructor(
    private readonly mandates: Mandates,
    private readonly traceBatch: TraceBatch,
  ) {}

  @Get(':id')
  read(@CallingParty() party: SessionParty, @Param('id') id: string): Promise<BatchState> {
    return this.mandates.requireBatch(party, id);
  }

  @Get(':id/lineage')
  lineage(@CallingParty() party: SessionParty, @Param('id') id: string): Promise<LineageView> {
    return this.traceBatch.lineage(party, id);
  }

  @Get(':id/custody')
  custody(@CallingParty() party: SessionParty, @Param('id') id: string): Promise<CustodyView> {
    return this.traceBatch.custody(party, id);
  }
}
