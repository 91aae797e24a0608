import type { Assessment, RulesetResult } from '#lib/documents';
import type { RegistryClient } from '../registry-client.js';
import type { IssuedCertificate } from './narrator.js';

/** The law on its two sides of 1 January 2027, as the shipped packs name it. */
export const DFARS = 'us-dfars-252.225-7052';

/** Asks a registry what a law says about a certificate when a delivery on `date` governs. */
export async function assessCertificate(
  registry: RegistryClient,
  certificate: IssuedCertificate,
  date: string,
): Promise<{ assessment: Assessment; result: RulesetResult }> {
  const assessment = await registry.post<Assessment>('/assessments', {
    certificate: certificate.id,
    governing: { date, basis: 'delivery' },
    rulesets: [{ id: DFARS }],
  });
  const result = assessment.results.find(({ ruleset }) => ruleset === DFARS);
  if (!result) throw new Error(`the registry did not assess ${DFARS}`);
  return { assessment, result };
}
