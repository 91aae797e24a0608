import type { Assessment } from '#lib/documents';
import { daysAgo } from './calendar.js';
import type { AmericanCast } from './cast.js';
import { handOver } from './handing-over.js';
import { mass } from './material.js';
import type { IssuedCertificate, Narrator } from './narrator.js';

/** By carrier, who holds but does not own: two handovers. */
export async function deliver(cast: AmericanCast, magnets: string, tell: Narrator): Promise<void> {
  const { magnetMaker, carrier, prime } = cast;
  const moved = { batch: magnets, kilograms: '560', transfersTitle: false };
  await handOver({ ...moved, from: magnetMaker, to: carrier, days: 9 }, tell);
  await handOver({ ...moved, from: carrier, to: prime, days: 6 }, tell);
}

/** The prime accepts, on the certificate and the assessment that it relied on. */
export async function accept(
  { prime }: AmericanCast,
  magnets: string,
  certificate: IssuedCertificate,
  assessment: Assessment,
  recognition: string,
  tell: Narrator,
) {
  await tell.step(prime, 'accepts the delivery; contract and line stay blinded in the ledger', () =>
    prime.say(
      'Acceptance',
      {
        batch: magnets,
        certificate: certificate.id,
        answer: 'accepted',
        quantity: mass('560'),
        contract: 'N00000-27-C-0042',
        line: 'CLIN 0003',
        governing: { ...assessment.governing },
        assessments: assessment.results.map(({ ruleset, version, digest, verdict }) => ({
          ruleset,
          version,
          digest,
          verdict,
          asOf: { ...assessment.asOf },
        })),
        recognitions: [recognition],
        decidedAt: daysAgo(1),
      },
      { blind: ['/credentialSubject/contract', '/credentialSubject/line'] },
    ),
  );
}
