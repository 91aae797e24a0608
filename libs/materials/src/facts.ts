import type { Certificate, Opened, StateView } from '#lib/documents';
import { requireBatch } from './batch.js';
import { handoverFacts } from './facts/handovers.js';
import { importFacts } from './facts/imports.js';
import { intakeFacts } from './facts/intakes.js';
import { traceAncestry } from './facts/ancestry.js';
import { assayFacts } from './facts/assays.js';
import { compositionAssurance, quantityAssurance } from './facts/assurance.js';
import { processFacts } from './facts/processes.js';
import { uniteFlags } from './flag.js';
import type { Provenance } from './provenance/provenance.js';
import { formatMass } from './quantity.js';

/** What a certificate states of a batch, but for the tree head it rests on. */
export type CertificateFacts = Omit<Opened<Certificate>['credentialSubject'], 'asOf'>;

/**
 * The facts about a batch, from the statements that bear on it and its state after them. The same
 * statements give the same facts in the same order, so that anyone can draw a certificate up again
 * and compare. A lot number is left out: its maker may have blinded it. Throws `reference-unknown`
 * for a batch that the state does not hold.
 */
export function certificateFacts(provenance: Provenance, state: StateView): CertificateFacts {
  const batch = requireBatch(state, provenance.batch, '/credentialSubject/id');
  const ancestry = traceAncestry(provenance);
  const handovers = handoverFacts(ancestry);
  const imported = importFacts(ancestry);
  const isWhole = batch.leftMg === batch.massMg;
  return {
    id: batch.id,
    form: batch.form,
    quantity: formatMass({ massMg: BigInt(batch.leftMg), basis: batch.basis }),
    quantityAssurance: quantityAssurance(ancestry),
    ...(batch.pieces !== null && isWhole ? { pieces: batch.pieces } : {}),
    composition: batch.composition,
    compositionAssurance: compositionAssurance(ancestry),
    custodyModel: batch.custodyModel,
    custodian: batch.custodian,
    owner: batch.owner,
    processes: byPosition([...processFacts(ancestry), ...imported.processes]),
    intakes: byPosition([...intakeFacts(ancestry), ...imported.intakes]),
    handovers: byPosition([...handovers, ...imported.handovers]),
    assays: byPosition([...assayFacts(ancestry), ...imported.assays]),
    imports: byPosition(imported.imports),
    recycled: batch.recycled.toSorted((a, b) => (a.element < b.element ? -1 : 1)),
    flags: uniteFlags(batch.flags),
    conformity: 'record',
  };
}

/** By origin, then index; two facts at one place are of one statement, or came by two imports. */
function byPosition<T extends { at: { origin: string; index: number } }>(facts: readonly T[]): T[] {
  const unique = new Map(facts.map((fact) => [JSON.stringify(fact), fact]));
  return [...unique.values()].sort((a, b) =>
    a.at.origin === b.at.origin ? a.at.index - b.at.index : a.at.origin < b.at.origin ? -1 : 1,
  );
}
