import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { Json } from '#lib/documents';

/** The date that decides which law governs, and whose date it is. */
export class Governing {
  @Matches(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, { message: 'The date is not RFC 3339 YYYY-MM-DD.' })
  date!: string;

  @IsIn(['delivery', 'contract', 'solicitation'])
  basis!: 'delivery' | 'contract' | 'solicitation';
}

/** A ruleset to judge by; without a version the one in force on the governing date. */
export class ChosenRuleset {
  @IsString()
  @MaxLength(80)
  id!: string;

  @IsOptional()
  @IsString()
  @MaxLength(32)
  version?: string;
}

/** What POST /assessments asks for: a certificate of this registry, or a bundle from anywhere. */
export class AssessmentRequest {
  /** A certificate id, or the 32 hexadecimal digits that end it. */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  certificate?: string;

  /** An evidence bundle: base64, or the object itself; its bytes are judged as they are. */
  @IsOptional()
  bundle?: Json;

  @IsObject()
  @ValidateNested()
  @Type(() => Governing)
  governing!: Governing;

  /** Default: every ruleset known here that is in force. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(16)
  @ValidateNested({ each: true })
  @Type(() => ChosenRuleset)
  rulesets?: ChosenRuleset[];

  /** Tunable parameters in place of the rulesets' own. */
  @IsOptional()
  @IsObject()
  parameters?: { [name: string]: Json };

  /** What the acceptor claims of its own contract, for exceptions. */
  @IsOptional()
  @IsObject()
  claims?: { [name: string]: Json };
}
