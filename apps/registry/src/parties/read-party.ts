import { Injectable } from '@nestjs/common';
import { parseStatement, type PartyRegistration } from '#lib/documents';
import { isValidAt, type KeyState, type PartyState } from '#lib/materials';
import { refuse } from '#lib/problem';
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
    const { ledger } = this.registry;
    const party = (await ledger.state(`party:${id}`)) as unknown as PartyState | undefined;
    if (!party) throw refuse('not-found', `${id} is not registered at this registry.`);
    const names = party.keys.map((key) => `key:${key}`);
    const keys = await ledger.states(names);
    const { country, roles, lei, registered } = party;
    return {
      id,
      ...(await this.nameOf(registered)),
      country,
      roles,
      lei,
      keys: names.flatMap((name) => (keys.has(name) ? [partyKey(keys.get(name))] : [])),
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

function partyKey(state: unknown): PartyKey {
  const key = state as KeyState;
  const { publicKeyMultibase, validFrom, validUntil } = key;
  const isValidNow = isValidAt(key, new Date().toISOString());
  return { publicKeyMultibase, validFrom, validUntil, isValidNow };
}
