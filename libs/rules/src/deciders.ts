import { acceptance } from './statements/acceptance.js';
import { importDecider } from './statements/import.js';
import { recognition } from './statements/recognition.js';
import { rulesetPublication } from './statements/ruleset-publication.js';

/** The deciders of what jurisdictions and buyers say about one another, by statement type. */
export const RULE_DECIDERS = {
  Acceptance: acceptance,
  Import: importDecider,
  Recognition: recognition,
  RulesetPublication: rulesetPublication,
} as const;
