import type {
  Assessment,
  Certificate,
  ClauseResult,
  Ruleset,
  RulesetResult,
  Sha256,
  Signed,
  Verdict,
} from '#lib/documents';
import type { CertificateFacts } from '#lib/materials';
import { assessCountryProhibited } from './clauses/country-prohibited.js';
import { assessCustodyModel } from './clauses/custody-model.js';
import { assessEndItem } from './clauses/end-item.js';
import type { Circumstances } from './exceptions/exception.js';
import { weighException } from './exceptions/weigh.js';
import { sentences, worstVerdict, type Claims, type ClauseVerdict } from './finding.js';
import { candidatesFor, type Candidate } from './material.js';
import type { Parameters } from './policy.js';
import { isInForce, rulesetDigest } from './ruleset.js';

/** What an acceptor brings to an assessment. */
export interface AssessmentContext {
  /** The date that decides which version governs, and whose date it is. */
  governing: Assessment['governing'];
  /** What the acceptor claims of its own contract; echoed, and believed only for exceptions. */
  claims?: Claims;
  /** Tunable parameters set in place of the ruleset's. */
  parameters?: Assessment['parameters'];
}

type Clause = Ruleset['clauses'][number];

/**
 * Judges certified facts by one ruleset, clause by clause. Never throws on facts: what they do not
 * show is indeterminate. The same ruleset, facts (in any order) and context give the same result.
 */
export function assess(
  sha256: Sha256,
  ruleset: Ruleset,
  facts: CertificateFacts,
  context: AssessmentContext,
): RulesetResult {
  const parameters = { ...ruleset.parameters, ...context.parameters };
  const candidates = candidatesFor(parameters, facts);
  const obstacle = whyNotApplicable(ruleset, facts, candidates, context);
  const clauses =
    obstacle === undefined ? assessClauses(ruleset, parameters, facts, candidates, context) : [];
  return {
    ruleset: ruleset.id,
    version: ruleset.version,
    digest: rulesetDigest(sha256, ruleset),
    applies: obstacle === undefined,
    verdict: worstVerdict(clauses.map(({ result }) => result.verdict)),
    clauses: clauses.map(({ result }) => result),
    notes: notesOf(ruleset, [
      ...(obstacle === undefined ? [] : [obstacle]),
      ...clauses.flatMap(({ remarks }) => remarks),
    ]),
  };
}

/**
 * Judges one certificate by several rulesets into a document that can be kept, signed and done
 * again. `certificate` is the opened statement with the digest of its exact bytes.
 */
export function assessAll(
  sha256: Sha256,
  rulesets: readonly Ruleset[],
  certificate: Pick<Signed<Certificate>, 'statement' | 'digest'>,
  context: AssessmentContext,
): Assessment {
  const { asOf, ...facts } = certificate.statement.credentialSubject;
  return {
    type: 'LodestoneAssessment',
    version: 1,
    certificate: certificate.digest,
    governing: context.governing,
    asOf,
    claims: context.claims ?? {},
    parameters: context.parameters ?? {},
    results: rulesets.map((ruleset) => assess(sha256, ruleset, facts, context)),
  };
}

function whyNotApplicable(
  ruleset: Ruleset,
  facts: CertificateFacts,
  candidates: readonly Candidate[],
  { governing }: AssessmentContext,
): string | undefined {
  if (governing.basis !== ruleset.governedBy)
    return `basis-mismatch: the date of ${ruleset.governedBy} governs this ruleset; a date of ${governing.basis} was given.`;
  if (!isInForce(ruleset, governing.date))
    return `ruleset-not-in-force: it runs from ${ruleset.effectiveFrom} to ${ruleset.effectiveTo ?? 'no known end'}, and ${governing.date} governs.`;
  if (candidates.length === 0)
    return `not-covered: by its stated composition this ${facts.form} is none of the covered materials.`;
  return undefined;
}

/** Origin clauses first: a custody clause may rest on what they found. */
function assessClauses(
  ruleset: Ruleset,
  parameters: Parameters,
  facts: CertificateFacts,
  candidates: readonly Candidate[],
  { claims = {}, governing }: AssessmentContext,
): { result: ClauseResult; remarks: string[] }[] {
  const relevant = ruleset.clauses.flatMap((clause) => {
    const covered = candidates.filter((candidate) => concerns(clause, candidate));
    return covered.length === 0 ? [] : [{ clause, covered }];
  });
  const origins: Verdict[] = [];
  const verdicts = new Map<Clause, ClauseVerdict>();
  for (const { clause, covered } of relevant)
    if (clause.kind === 'country-prohibited') {
      const { verbs } = clause.parameters;
      const verdict = assessCountryProhibited(parameters, verbs, facts, covered);
      verdicts.set(clause, verdict);
      origins.push(verdict.verdict);
    }
  return relevant.map(({ clause, covered }) => {
    const circumstances = { parameters, facts, candidates: covered, claims, date: governing.date };
    const verdict = verdicts.get(clause) ?? assessOther(clause, circumstances, origins);
    return applyExceptions(ruleset, clause, verdict, circumstances);
  });
}

function concerns(clause: Clause, { material }: Candidate): boolean {
  return (
    clause.kind !== 'country-prohibited' || clause.parameters.materials.includes(material.name)
  );
}

function assessOther(
  clause: Clause,
  { parameters, facts, claims }: Circumstances,
  origins: readonly Verdict[],
): ClauseVerdict {
  if (clause.kind === 'custody-model') return assessCustodyModel(clause, facts, origins);
  return assessEndItem(parameters, facts, claims);
}

/** An exception lifts only a clause that the facts alone do not satisfy. */
function applyExceptions(
  ruleset: Ruleset,
  { id, citation, exceptions }: Clause,
  verdict: ClauseVerdict,
  circumstances: Circumstances,
): { result: ClauseResult; remarks: string[] } {
  const result: ClauseResult = { clause: id, citation, ...verdict };
  const remarks: string[] = [];
  if (verdict.verdict === 'compliant') return { result, remarks };
  for (const exception of ruleset.exceptions.filter((each) => exceptions.includes(each.id))) {
    const weighed = weighException(exception, circumstances);
    if (weighed?.lifts)
      return {
        result: {
          ...result,
          verdict: exception.kind === 'waiver' ? 'waived' : 'exempt',
          because: weighed.because,
          restsOn: [...new Set(weighed.restsOn)].sort(),
          exception: exception.id,
          closing: [],
        },
        remarks,
      };
    if (weighed)
      remarks.push(`Not relied on: ${exception.title} (${exception.id}). ${weighed.because}`);
  }
  return { result, remarks };
}

/** Notes for the reader: what stood in the way, then what is pending or unverified in the law. */
function notesOf(ruleset: Ruleset, remarks: readonly string[]): string[] {
  const marked = (mark: string, notes: readonly string[]) =>
    notes.map((note) => `${mark}: ${note}`);
  const notes = [
    ...new Set(remarks),
    ...marked('Law in motion', ruleset.lawInMotion),
    ...marked('Unverified', ruleset.unverified),
    ...marked('Policy', ruleset.policy),
  ];
  return notes.slice(0, 64).map((note) => sentences([note]));
}
