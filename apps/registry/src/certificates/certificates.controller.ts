import { Controller, Get, Param, Post, StreamableFile } from '@nestjs/common';
import { Access, CallingParty, CheckedBody, type SessionParty } from '#lib/http';
import { CertificateRequest } from './certificate-request.js';
import { GatherBundle } from './gather-bundle.js';
import { IssueCertificate, type IssuedCertificate } from './issue-certificate.js';
import { ReadCertificate, type CertificateView } from './read-certificate.js';

/** Certificates: facts about a batch, drawn from the ledger, and the evidence for them. */
@Controller('certificates')
export class CertificatesController {
  constructor(
    private readonly issueCertificate: IssueCertificate,
    private readonly readCertificate: ReadCertificate,
    private readonly gatherBundle: GatherBundle,
  ) {}

  @Post()
  @Access('party')
  issue(
    @CallingParty() party: SessionParty,
    @CheckedBody() { batch, supersedes }: CertificateRequest,
  ): Promise<IssuedCertificate> {
    return this.issueCertificate.issue(party, batch, supersedes);
  }

  /** Public by its id, which nobody can guess; blinded values only for those with a mandate. */
  @Get(':id')
  @Access('public')
  read(
    @Param('id') id: string,
    @CallingParty() party: SessionParty | undefined,
  ): Promise<CertificateView> {
    return this.readCertificate.read(id, party);
  }

  @Get(':id/bundle')
  @Access('public')
  async bundle(
    @Param('id') id: string,
    @CallingParty() party: SessionParty | undefined,
  ): Promise<StreamableFile> {
    const bytes = await this.gatherBundle.gather(id, party);
    return new StreamableFile(bytes, { type: 'application/json', length: bytes.length });
  }
}
