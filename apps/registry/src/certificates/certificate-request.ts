import { IsOptional, Matches } from 'class-validator';

/** What POST /certificates asks for. */
export class CertificateRequest {
  /** The batch to certify. */
  @Matches(/^did:key:z[1-9A-HJ-NP-Za-km-z]{40,60}\/batches\/[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    message: 'The batch is not a batch id, such as did:key:z6Mk…/batches/NDPR-01.',
  })
  batch!: string;

  /** The live certificate of the batch that the new one replaces. */
  @IsOptional()
  @Matches(/^did:web:[a-z0-9.-]+(%3A[0-9]{1,5})?\/certificates\/[0-9a-f]{32}$/, {
    message: 'What is superseded is not a certificate id, such as did:web:…/certificates/<32 hex>.',
  })
  supersedes?: string;
}
