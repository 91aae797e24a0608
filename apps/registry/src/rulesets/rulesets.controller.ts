import { Controller, Get, Param } from '@nestjs/common';
import { Access } from '#lib/http';
import { RulesetLibrary, type KnownRuleset } from './ruleset-library.js';

/** The rules by which this registry can judge: public, versioned, hashed and dated. */
@Controller('rulesets')
@Access('public')
export class RulesetsController {
  constructor(private readonly library: RulesetLibrary) {}

  @Get()
  async all() {
    return (await this.library.all()).map(summaryOf);
  }

  @Get(':id/:version')
  one(@Param('id') id: string, @Param('version') version: string): Promise<KnownRuleset> {
    return this.library.one(id, version);
  }
}

function summaryOf({ ruleset, digest, source }: KnownRuleset) {
  const { id, version, title, effectiveFrom, effectiveTo } = ruleset;
  return { id, version, title, effectiveFrom, effectiveTo, digest, source };
}
