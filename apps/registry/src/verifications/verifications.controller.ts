import { Controller, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { Access, SignedBody } from '#lib/http';
import type { Report } from '#lib/verification';
import { VerifyBundle } from './verify-bundle.js';

/** Checks evidence bundles for whoever has none of our tools at hand. */
@Controller('verifications')
@Access('public')
export class VerificationsController {
  constructor(private readonly verifyBundle: VerifyBundle) {}

  /** A bundle that fails is answered 200 too: the report is what was asked for. */
  @Post()
  @HttpCode(HttpStatus.OK)
  verify(@SignedBody() bundle: Uint8Array): Promise<Report> {
    return this.verifyBundle.verify(bundle);
  }
}
