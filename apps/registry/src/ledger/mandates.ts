import { Injectable } from '@nestjs/common';
import type { SessionParty } from '#lib/http';
import { batchKey, type BatchState } from '#lib/materials';
import { refuse } from '#lib/problem';
import { Registry } from '../registry.js';
import { ledgerState } from './ledger-state.js';

/** Roles that read everything. */
const SEES_ALL = ['authority', 'auditor'];

/**
 * Who may read what is not public: a processor the batches it made, a holder what it holds or owns,
 * each with everything upstream; an authority and an auditor all.
 */
@Injectable()
export class Mandates {
  constructor(private readonly registry: Registry) {}

  /** The batch, for a party with a mandate to it. Throws `not-found` or `not-mandated`. */
  async requireBatch(party: SessionParty | undefined, id: string): Promise<BatchState> {
    const batch = await ledgerState<BatchState>(this.registry, batchKey(id));
    if (!batch) throw refuse('not-found', `This registry holds no batch ${id}.`);
    if (party && mayReadBatch(party, batch)) return batch;
    throw refuse('not-mandated', `${party?.id ?? 'The public'} may not read ${id}.`);
  }

  /** Whether the party has a mandate to any of the batches. */
  async mayReadAny(party: SessionParty | undefined, ids: readonly string[]): Promise<boolean> {
    if (!party) return false;
    if (seesAll(party)) return true;
    const states = await this.registry.ledger.states(ids.map(batchKey));
    return [...states.values()].some((state) =>
      mayReadBatch(party, state as unknown as BatchState),
    );
  }
}

/** Whether the party reads everything. */
export function seesAll({ roles }: SessionParty): boolean {
  return roles.some((role) => SEES_ALL.includes(role));
}

/** A batch is named within the DID of whoever made it, took it in or received it. */
function mayReadBatch(party: SessionParty, { id, custodian, owner }: BatchState): boolean {
  return seesAll(party) || id.startsWith(`${party.id}/`) || [custodian, owner].includes(party.id);
}
