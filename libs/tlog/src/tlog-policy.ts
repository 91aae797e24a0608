import type { VerifierKey } from './verifier-key.js';

/** A log that the policy accepts. */
export interface PolicyLog {
  /** Its name is the log's origin. */
  key: VerifierKey;
  url?: string;
}

/** A witness that the policy knows. */
export interface PolicyWitness {
  /** Its name within the policy, one character per octet: names are opaque octet strings. */
  name: string;
  key: VerifierKey;
  url?: string;
}

/** Witnesses and groups of which at least `threshold` must have witnessed. */
export interface PolicyGroup {
  name: string;
  /** 1 … members.length. */
  threshold: number;
  /** Names of witnesses and of groups that come before this one. */
  members: string[];
}

/** Whom a verifier trusts (C2SP tlog-policy): any of the logs, cosigned by the quorum. */
export interface TlogPolicy {
  logs: PolicyLog[];
  witnesses: PolicyWitness[];
  groups: PolicyGroup[];
  /** The name of a witness or group; undefined for `quorum none`. */
  quorum: string | undefined;
}

/** The policy that trusts one log's word alone, without any witness. */
export function policyOfLog(key: VerifierKey): TlogPolicy {
  return { logs: [{ key }], witnesses: [], groups: [], quorum: undefined };
}

/** What the cosignatures of some witnesses amount to under a policy. */
export interface QuorumFinding {
  satisfied: boolean;
  /** Names of the witnesses, and of the groups, that have witnessed, in the policy's order. */
  witnesses: string[];
  groups: string[];
}

/**
 * Finds which groups have witnessed, given the policy names of the witnesses whose cosignatures have
 * verified, and whether the quorum is among them. Never throws: unknown names count for nothing.
 */
export function evaluateQuorum(policy: TlogPolicy, cosigners: Iterable<string>): QuorumFinding {
  const cosigned = new Set(cosigners);
  const witnesses = policy.witnesses.map(({ name }) => name).filter((name) => cosigned.has(name));
  const witnessed = new Set(witnesses);
  const groups: string[] = [];
  // Members come before their group, so that one pass in order sees every member decided.
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => witnessed.has(member)).length < threshold) continue;
    witnessed.add(name);
    groups.push(name);
  }
  const satisfied = policy.quorum === undefined || witnessed.has(policy.quorum);
  return { satisfied, witnesses, groups };
}
