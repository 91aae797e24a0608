import type { At, Decider, Opened, Signed, StateView, StatusChange } from '#lib/documents';
import { refuse } from '#lib/problem';
import { requireOrder, requirePast } from '../instant.js';
import { requireSigner, signerKeys, type KeyState } from '../key.js';
import { placeOf, type LogPlace } from '../log-place.js';
import { requireScope } from '../party.js';
import { requireRegistry } from '../registry.js';
import type { Standing } from '../standing.js';
import {
  aboutKey,
  certificateKey,
  readState,
  REGISTRY_KEY,
  scopeOf,
  successorKey,
  writeState,
} from '../state-key.js';

/**
 * Suspends, reinstates, revokes or supersedes a batch, certificate, accreditation, recognition or
 * facility, by the issuer of the target or an authority. A revoked batch is a recalled one.
 */
export const statusChange: Decider<StatusChange> = {
  touches(signed) {
    const { target, supersededBy } = signed.statement.credentialSubject;
    const named = [REGISTRY_KEY, targetKey(signed.statement), aboutKey(target.id)];
    if (supersededBy !== undefined)
      named.push(certificateKey(supersededBy), successorKey(supersededBy));
    return [...new Set([...named, ...signerKeys(signed)])];
  },

  decide(state, signed, at) {
    const { effectiveFrom, target } = signed.statement.credentialSubject;
    const signer = requireSigner(state, signed, at);
    const found = readState<TargetState>(state, targetKey(signed.statement));
    if (!found)
      throw refuse(
        'reference-unknown',
        `${target.id} is not registered here.`,
        '/credentialSubject/target/id',
      );
    requireEntitled(state, signed, signer, found);
    requirePast(effectiveFrom, at, '/credentialSubject/effectiveFrom');
    requireTransition(signed.statement, found);
    requireSuccessor(state, signed.statement);
  },

  apply(state, signed, at) {
    const { statement } = signed;
    const key = targetKey(statement);
    const target = readState<TargetState>(state, key)!;
    const { supersededBy } = statement.credentialSubject;
    const changed: TargetState = { ...target, ...standingAfter(statement, target) };
    if (target.standingAt !== undefined) Object.assign(changed, bearing(at));
    if (supersededBy === undefined) return [writeState(key, changed)];
    return [
      writeState(key, { ...changed, supersededBy }),
      writeState(successorKey(supersededBy), { supersedes: statement.credentialSubject.target.id }),
    ];
  },
};

/** What every target's state has; a batch also says when its standing last changed. */
interface TargetState extends Standing {
  country?: string;
  changedAt?: LogPlace;
  standingAt?: LogPlace;
}

function targetKey({ credentialSubject }: Opened<StatusChange>): string {
  const { kind, id } = credentialSubject.target;
  return `${kind}:${id}`;
}

function bearing(at: At) {
  return { changedAt: placeOf(at), standingAt: placeOf(at) };
}

/**
 * Throws `not-issuer` unless the signer named the target, is an authority of this jurisdiction, or of
 * the country where the facility stands. What one suspended another does not reinstate, except an
 * authority.
 */
function requireEntitled(
  state: StateView,
  { statement }: Signed<StatusChange>,
  signer: KeyState,
  target: TargetState,
): void {
  const { target: named, action } = statement.credentialSubject;
  const countries = [requireRegistry(state).jurisdiction, target.country];
  const isAuthority = signer.roles.includes('authority') && countries.includes(signer.country);
  if (isAuthority) return;
  if (scopeOf(named.id) !== statement.issuer)
    throw refuse('not-issuer', `${named.id} was not issued by ${statement.issuer}.`, '/issuer');
  const suspendedBy = target.suspensions.at(-1)?.by;
  const isSuspended = target.status === 'suspended';
  if (action === 'reinstate' && isSuspended && suspendedBy !== statement.issuer)
    throw refuse('not-issuer', `${suspendedBy} suspended it.`, '/issuer');
}

/** Throws `status-transition-invalid`, and `time-out-of-order` for an end before its beginning. */
function requireTransition({ credentialSubject }: Opened<StatusChange>, target: TargetState): void {
  const { action, effectiveFrom, target: named } = credentialSubject;
  const allowed = {
    suspend: target.status === 'active',
    reinstate: target.status === 'suspended',
    revoke: target.status === 'active' || target.status === 'suspended',
    // Also one that has ended: that names its replacement and does not bring it back.
    supersede: named.kind === 'certificate',
  }[action];
  if (!allowed)
    throw refuse(
      'status-transition-invalid',
      `One cannot ${action} a ${named.kind} that is ${target.status}.`,
      '/credentialSubject/action',
    );
  if (action === 'reinstate')
    requireOrder(
      target.suspensions.at(-1)!.from,
      effectiveFrom,
      '/credentialSubject/effectiveFrom',
    );
}

/** `supersededBy` announces a certificate of the same registry that is not issued yet. */
function requireSuccessor(state: StateView, { credentialSubject }: Opened<StatusChange>): void {
  const { action, supersededBy, target } = credentialSubject;
  const pointer = '/credentialSubject/supersededBy';
  if ((action === 'supersede') !== (supersededBy !== undefined))
    throw refuse(
      'schema-violation',
      'It stands with the action “supersede” and no other.',
      pointer,
    );
  if (supersededBy === undefined) return;
  requireScope(supersededBy, `${scopeOf(target.id)}/certificates`, pointer);
  if (readState(state, certificateKey(supersededBy)))
    throw refuse('already-registered', `${supersededBy} is issued already.`, pointer);
}

function standingAfter({ issuer, credentialSubject }: Opened<StatusChange>, target: TargetState) {
  const { action, effectiveFrom } = credentialSubject;
  const { suspensions, status } = target;
  switch (action) {
    case 'suspend': {
      const suspension = { from: effectiveFrom, until: null, by: issuer };
      return { status: 'suspended' as const, suspensions: [...suspensions, suspension] };
    }
    case 'reinstate': {
      const lifted = { ...suspensions.at(-1)!, until: effectiveFrom };
      return { status: 'active' as const, suspensions: [...suspensions.slice(0, -1), lifted] };
    }
    case 'revoke':
      return { status: 'revoked' as const, revokedFrom: effectiveFrom };
    case 'supersede':
      return { status: status === 'revoked' ? status : ('superseded' as const) };
  }
}
