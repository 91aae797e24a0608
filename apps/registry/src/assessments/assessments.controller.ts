import { Controller, HttpCode, HttpStatus, Post } from '@nestjs/common';
import type { Assessment } from '#lib/documents';
import { Access, CallingParty, CheckedBody, type SessionParty } from '#lib/http';
import { AssessCertificate } from './assess-certificate.js';
import { AssessmentRequest } from './assessment-request.js';

/** What rulesets say of a certificate, clause by clause. */
@Controller('assessments')
@Access('public')
export class AssessmentsController {
  constructor(private readonly assessCertificate: AssessCertificate) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  assess(
    @CheckedBody() request: AssessmentRequest,
    @CallingParty() party: SessionParty | undefined,
  ): Promise<Assessment> {
    return this.assessCertificate.assess(request, party);
  }
}
