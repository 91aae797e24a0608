import { Controller, HttpCode, HttpStatus, Post } from '@nestjs/common';
import type { Assessment } from '#lib/documents';
import { Access, CallingParty, SignedBody, type SessionParty } from '#lib/http';
import { AssessCertificate } from './assess-certificate.js';

/** What rulesets say of a certificate, clause by clause. */
@Controller('assessments')
@Access('public')
export class AssessmentsController {
  constructor(private readonly assessCertificate: AssessCertificate) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  assess(
    @SignedBody() body: Uint8Array,
    @CallingParty() party: SessionParty | undefined,
  ): Promise<Assessment> {
    return this.assessCertificate.assess(body, party);
  }
}
