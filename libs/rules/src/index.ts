export { assess, assessAll, type AssessmentContext } from './assess.js';
export type { CertificateFacts, IntakeFact, ProcessFact } from './facts.js';
export { isInForce, parseRuleset, rulesetDigest, selectRuleset, verifyRuleset } from './ruleset.js';
