import type { Assurance } from '#lib/documents';
import { isOf } from '../recorded.js';
import type { Ancestry } from './ancestry.js';
import { lastAssayOf } from './assays.js';
import { confirmationOf, isPart } from './handovers.js';

/** Who stands behind the mass: its maker, and the party that took the whole or this part over. */
export function quantityAssurance(ancestry: Ancestry): Assurance {
  const { maker } = ancestry.ancestors.get(ancestry.batch)!;
  const confirmed = isPart(maker) ? maker : confirmationOf(ancestry, ancestry.batch);
  const made = maker.signed.digest;
  if (isPart(maker))
    return {
      level: 'counterparty-confirmed',
      statements: [maker.signed.statement.credentialSubject.offer, made],
    };
  if (isOf(maker, 'Import')) {
    const { quantityAssurance: home } = embeddedFacts(maker.signed.statement);
    if (home.level !== 'self-declared' || !confirmed) return home;
  }
  return confirmed
    ? { level: 'counterparty-confirmed', statements: [made, confirmed.signed.digest] }
    : { level: 'self-declared', statements: [made] };
}

/**
 * Who stands behind the composition: the last laboratory that measured the batch or, for a part, the
 * batch that it was parted from; otherwise its maker.
 */
export function compositionAssurance(ancestry: Ancestry, batch = ancestry.batch): Assurance {
  const measured = lastAssayOf(ancestry, batch);
  if (measured) return measured;
  const { maker } = ancestry.ancestors.get(batch)!;
  if (isPart(maker))
    return compositionAssurance(ancestry, maker.signed.statement.credentialSubject.batch);
  if (isOf(maker, 'Import')) return embeddedFacts(maker.signed.statement).compositionAssurance;
  return { level: 'self-declared', statements: [maker.signed.digest] };
}

function embeddedFacts<T>(statement: {
  credentialSubject: { certificate: { credentialSubject: T } };
}): T {
  return statement.credentialSubject.certificate.credentialSubject;
}
