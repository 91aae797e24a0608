export { assess, assessAll, type AssessmentContext } from './assess.js';
export { RULE_DECIDERS } from './deciders.js';
export type { IntakeFact, ProcessFact } from './facts.js';
export type { Claims } from './finding.js';
export {
  readRecognition,
  recognitionCovers,
  recognitionKey,
  recognitionSubject,
  type RecognitionState,
  type RecognitionSubject,
} from './recognition.js';
export { isInForce, parseRuleset, rulesetDigest, selectRuleset, verifyRuleset } from './ruleset.js';
export { acceptanceKey, type AcceptanceState } from './statements/acceptance.js';
export { rulesetKey, type RulesetState } from './statements/ruleset-publication.js';
