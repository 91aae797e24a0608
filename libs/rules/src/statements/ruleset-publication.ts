import type { Decider, RulesetPublication } from '#lib/documents';
import {
  isHomeAuthority,
  readState,
  REGISTRY_KEY,
  requireRegistry,
  requireSigner,
  signerKeys,
  writeState,
} from '#lib/materials';
import { refuse } from '#lib/problem';
import { verifyRuleset } from '../ruleset.js';

/** State of a published ruleset; the ruleset itself stays in its statement. */
export interface RulesetState {
  id: string;
  version: string;
  issuer: string;
  /** RFC 3339 full-dates, both included. */
  effectiveFrom: string;
  effectiveTo: string | null;
  /** Digest of the statement that published it. */
  published: string;
}

/** The state key of one version of a ruleset. */
export const rulesetKey = (id: string, version: string): string => `ruleset:${id}@${version}`;

/** Publishes one version of a ruleset, for good; only an authority of this jurisdiction can. */
export const rulesetPublication: Decider<RulesetPublication> = {
  touches(signed) {
    const { id, version } = signed.statement.credentialSubject.ruleset;
    return [...new Set([REGISTRY_KEY, rulesetKey(id, version), ...signerKeys(signed)])];
  },

  decide(state, signed, at) {
    const { ruleset } = signed.statement.credentialSubject;
    const registry = requireRegistry(state);
    const signer = requireSigner(state, signed, at, { role: 'authority' });
    if (!isHomeAuthority(signer, registry))
      throw refuse('role-missing', `Not an authority of ${registry.jurisdiction}.`, '/issuer');
    verifyRuleset(ruleset, '/credentialSubject/ruleset');
    const { id, version } = ruleset;
    if (readState(state, rulesetKey(id, version)))
      throw refuse(
        'already-registered',
        `Version ${version} of ${id} was published; a change is a new version.`,
        '/credentialSubject/ruleset/version',
      );
  },

  apply(_state, { statement, digest }) {
    const { id, version, effectiveFrom, effectiveTo } = statement.credentialSubject.ruleset;
    const { issuer } = statement;
    const state: RulesetState = {
      id,
      version,
      issuer,
      effectiveFrom,
      effectiveTo,
      published: digest,
    };
    return [writeState(rulesetKey(id, version), state)];
  },
};
