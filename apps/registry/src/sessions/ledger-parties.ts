import type { PartyDirectory } from '#lib/http';
import { partyKey, type PartyState } from '#lib/materials';
import type { LedgerReader } from '#lib/store';

/** Parties and their roles as the ledger holds them at the moment of asking. */
export class LedgerParties implements PartyDirectory {
  constructor(private readonly ledger: LedgerReader) {}

  async rolesOf(party: string): Promise<readonly string[] | undefined> {
    const state = (await this.ledger.state(partyKey(party))) as unknown as PartyState | undefined;
    return state?.roles;
  }
}
