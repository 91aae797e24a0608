import { Injectable } from '@nestjs/common';
import { parseStatement, type PartyRegistration } from '#lib/documents';
import { isValidAt, keyKey, partyKey, type KeyState, type PartyState } from '#lib/materials';
import { refuse } from '#lib/problem';
import { ledgerState } from '../ledger/ledger-state.js';
import { Registry } from '../registry.js';

/** What the public may know of a party. */
export interface PartyView {
  id: string;
  /** Absent when the party keeps its name blinded. */
  name?: string;
  country: string;
  roles: readonly string[];
  lei: string | null;
  keys: PartyKey[];
  /** Digest of the statement that registered it. */
  registered: string;
}

/** A key of a party; the times are RFC 3339. */
export interface PartyKey {
  publicKeyMultibase: string;
  validFrom: string;
  validUntil: string | null;
  isValidNow: boolean;
}

/** Reads parties from the ledger's state and their registrations. */
@Injectable()
export class ReadParty {
  constructor(private readonly registry: Registry) {}

  /** The public part of a party, by its DID. Throws `not-found`. */
  async read(id: string): Promise<PartyView> {
    const party = await ledgerState<PartyState>(this.registry, partyKey(id));
    if (!party) throw refuse('not-found', `${id} is not registered at this registry.`);
    const names = party.keys.map(keyKey);
    const keys = await this.registry.ledger.states(names);
    const now = await this.registry.now();
    const { country, roles, lei, registered } = party;
    return {
      id,
      ...(await this.nameOf(registered)),
      country,
      roles,
      lei,
      keys: names.flatMap((name) => (keys.has(name) ? [keyView(keys.get(name), now)] : [])),
      registered,
    };
  }

  /** The name stands only in the registration, where it may be blinded. */
  private async nameOf(registered: string): Promise<{ name?: string }> {
    const { ledger, verifier } = this.registry;
    const found = await ledger.statementByDigest(registered);
    if (found?.type !== 'PartyRegistration') return {};
    const { statement } = parseStatement(verifier.sha256, found.bytes);
    const { name } = (statement as PartyRegistration).credentialSubject;
    return typeof name === 'string' ? { name } : {};
  }
}

function keyView(state: unknown, now: string): PartyKey {
  const key = state as KeyState;
  const { publicKeyMultibase, validFrom, validUntil } = key;
  const isValidNow = isValidAt(key, now);
  return { publicKeyMultibase, validFrom, validUntil, isValidNow };
}
