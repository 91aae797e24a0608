import { Injectable } from '@nestjs/common';
import type { LineageEdge, Opened, Signer, Statement, StatementType } from '#lib/documents';
import type { SessionParty } from '#lib/http';
import { DrawFacts } from '../certificates/draw-facts.js';
import { DECIDERS } from '../deciders.js';
import { Mandates } from '../ledger/mandates.js';
import type { LedgerRecord } from '../ledger/recorded-statement.js';

/** One statement on the way to a batch, with its secrets open. */
export interface TracedStatement {
  index: number;
  recordedAt: string;
  digest: string;
  type: string;
  signers: Signer[];
  statement: Opened<Statement>;
}

/** What a batch was made from. */
export interface LineageView {
  batch: string;
  /** From parent to child, up to mines, intakes and imports. */
  edges: LineageEdge[];
  /** Everything that bears on it, in log order. */
  statements: TracedStatement[];
}

/** Through whose hands a batch went. */
export interface CustodyView {
  batch: string;
  custodian: string;
  owner: string;
  /** What made it, brought it in, handed it on or let it go, in log order. */
  statements: TracedStatement[];
}

const CUSTODY: readonly StatementType[] = [
  'MakeEvent',
  'Intake',
  'Import',
  'HandoverOffer',
  'HandoverAnswer',
  'Release',
  'ImportRefusal',
];

/** Walks the ledger for a reader with a mandate to the batch: that mandate covers all upstream. */
@Injectable()
export class TraceBatch {
  constructor(
    private readonly mandates: Mandates,
    private readonly drawFacts: DrawFacts,
  ) {}

  /** Everything upstream of the batch. Throws `not-found` or `not-mandated`. */
  async lineage(party: SessionParty, batch: string): Promise<LineageView> {
    await this.mandates.requireBatch(party, batch);
    const { records } = await this.drawFacts.walk(batch);
    return { batch, edges: edgesTo(batch, records), statements: records.map(traced) };
  }

  /** The chain of custody. Throws `not-found` or `not-mandated`. */
  async custody(party: SessionParty, batch: string): Promise<CustodyView> {
    const { custodian, owner } = await this.mandates.requireBatch(party, batch);
    const { records } = await this.drawFacts.walk(batch);
    const hands = records.filter(({ statement }) => CUSTODY.includes(statement.type[1]));
    return { batch, custodian, owner, statements: hands.map(traced) };
  }
}

function traced({ signed, at }: LedgerRecord): TracedStatement {
  const { digest, type, signers, statement } = signed;
  return { index: at.index, recordedAt: at.recordedAt, digest, type, signers, statement };
}

/** A step may also have made siblings of what was used; only what leads to the batch is kept. */
function edgesTo(batch: string, records: readonly LedgerRecord[]): LineageEdge[] {
  const all = records.flatMap(
    ({ signed, statement }) => DECIDERS[statement.type[1]].lineage?.(signed) ?? [],
  );
  const reached = new Set([batch]);
  for (const id of reached)
    for (const { parent, child } of all) if (child === id) reached.add(parent);
  return all.filter(({ child }) => reached.has(child));
}
