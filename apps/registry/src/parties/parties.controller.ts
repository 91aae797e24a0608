import { Controller, Get, Param } from '@nestjs/common';
import { Access } from '#lib/http';
import { ReadParty, type PartyView } from './read-party.js';

/** The public register of parties. */
@Controller('parties')
@Access('public')
export class PartiesController {
  constructor(private readonly readParty: ReadParty) {}

  @Get(':id')
  read(@Param('id') id: string): Promise<PartyView> {
    return this.readParty.read(id);
  }
}
