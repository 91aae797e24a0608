import type { Ruleset, Verdict } from '#lib/documents';
import type { CertificateFacts } from '#lib/materials';
import { concludeFindings, worstVerdict } from '../finding.js';
import type { ClauseVerdict } from '../finding.js';

/** A clause of one kind, narrowed from the schema's union. */
type CustodyModelClause = Extract<Ruleset['clauses'][number], { kind: 'custody-model' }>;

/**
 * Judges the custody model (ISO 22095:2020). A prohibition of origin is physical: mass balance and
 * book and claim cut the tie between record and material; a controlled blend keeps it only if
 * every origin in the blend passes, which the origin clauses have already judged.
 */
export function assessCustodyModel(
  { parameters }: CustodyModelClause,
  facts: CertificateFacts,
  originVerdicts: readonly Verdict[],
): ClauseVerdict {
  const { custodyModel } = facts;
  const restsOn = facts.processes.map(({ at }) => at.statement);
  if (parameters.accepted.includes(custodyModel))
    return concludeFindings([], {
      because: `The custody model ${custodyModel} keeps the physical origin.`,
      restsOn,
    });
  if (!parameters.acceptedWhenEveryOriginPasses.includes(custodyModel))
    return concludeFindings(
      [
        {
          kind: 'prohibited',
          text: `The custody model ${custodyModel} does not tie this material to its physical origin.`,
          restsOn,
          closing: [],
        },
      ],
      { because: '', restsOn: [] },
    );
  const worst = worstVerdict(originVerdicts);
  const blend = {
    text: `The custody model ${custodyModel} passes only if every origin in the blend does; together they are ${worst}.`,
    restsOn,
    closing: [],
  };
  const kind = worst === 'non-compliant' ? ('prohibited' as const) : ('gap' as const);
  return concludeFindings(worst === 'compliant' ? [] : [{ kind, ...blend }], {
    because: `The custody model ${custodyModel} passes because every origin in the blend does.`,
    restsOn,
  });
}
