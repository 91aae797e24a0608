import type { CertificateFacts } from '#lib/materials';
import { concludeFindings, listed } from '../finding.js';
import type { Claims, ClauseVerdict, Finding } from '../finding.js';
import { isAssured } from '../facts.js';
import { traceLineage } from '../lineage.js';
import { coveredCountry, named, type Parameters } from '../policy.js';

/**
 * Judges where the end item is manufactured. With no end item claimed, the batch itself is judged
 * as what is delivered, by the place of whoever last worked on it.
 */
export function assessEndItem(
  parameters: Parameters,
  facts: CertificateFacts,
  claims: Claims,
): ClauseVerdict {
  const { endItem } = claims;
  if (endItem === undefined) return assessBatchAsDelivered(parameters, facts);
  const covered = coveredCountry(parameters, endItem.country);
  return concludeFindings(
    covered === undefined
      ? []
      : [
          {
            kind: 'prohibited',
            text: `The end item ${endItem.name} is manufactured in ${named(endItem.country, covered)}, as claimed.`,
            restsOn: [endItem.evidence],
            closing: [],
          },
        ],
    {
      because: `The end item ${endItem.name} is manufactured in ${endItem.country}, as claimed.`,
      restsOn: [endItem.evidence],
    },
  );
}

function assessBatchAsDelivered(parameters: Parameters, facts: CertificateFacts): ClauseVerdict {
  // Oxide, metal or alloy is no end item: where it was made says nothing of the magnet's place.
  const makers = facts.form === 'magnet' ? traceLineage(facts).makers : [];
  const prohibited = makers.flatMap(({ at, facility }): Finding[] => {
    const covered = coveredCountry(parameters, facility.country);
    if (covered === undefined) return [];
    const text = `No end item is claimed; the batch itself was last worked on in ${named(facility.country, covered)}.`;
    return [{ kind: 'prohibited', text, restsOn: [at.statement], closing: [] }];
  });
  const weak = makers.filter(
    ({ assurance }) => !isAssured(assurance.level, parameters.minimumAssurance),
  );
  const unshown = makers.length === 0 || weak.length > 0;
  const gap: Finding = {
    kind: 'gap',
    text: 'No end item is claimed, and the record does not show well enough where the magnet was finished.',
    restsOn: weak.map(({ at }) => at.statement),
    closing: [
      {
        party: facts.custodian,
        what: 'Have the last steps of the magnet recorded.',
        batch: facts.id,
      },
    ],
  };
  const countries = makers.map(({ facility }) => facility.country);
  return concludeFindings([...prohibited, ...(unshown ? [gap] : [])], {
    because: `No end item is claimed; the batch itself was last worked on in ${listed(countries)}.`,
    restsOn: makers.map(({ at }) => at.statement),
  });
}
