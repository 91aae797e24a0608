import type { AssayFact, Assurance } from '#lib/documents';
import type { Recorded, RecordedAs } from '../recorded.js';
import { factsOf, positionOf, type Ancestry } from './ancestry.js';

/** Every assay of the certified batch and of what it was made of. */
export function assayFacts(ancestry: Ancestry): AssayFact[] {
  return factsOf(ancestry, 'Assay')
    .filter(({ signed }) => ancestry.ancestors.has(signed.statement.credentialSubject.batch))
    .map((assay) => {
      const { issuer, credentialSubject } = assay.signed.statement;
      const { batch, method, testedOn, composition } = credentialSubject;
      return {
        at: positionOf(assay),
        batch,
        laboratory: issuer,
        method,
        testedOn,
        composition,
        assurance: assayAssurance(ancestry, assay),
      };
    });
}

/** The assurance of the last assay of a batch, or undefined when nobody measured it. */
export function lastAssayOf(ancestry: Ancestry, batch: string): Assurance | undefined {
  const last = factsOf(ancestry, 'Assay').findLast(
    ({ signed }) => signed.statement.credentialSubject.batch === batch,
  );
  return last && assayAssurance(ancestry, last);
}

function assayAssurance(ancestry: Ancestry, { signed }: Recorded & RecordedAs<'Assay'>): Assurance {
  const { accreditation, testedOn } = signed.statement.credentialSubject;
  const given = factsOf(ancestry, 'Accreditation').find(
    (each) => each.signed.statement.credentialSubject.id === accreditation,
  )!;
  return {
    level: 'accredited-third-party',
    statements: [signed.digest],
    accreditation,
    standard: given.signed.statement.credentialSubject.standard,
    date: testedOn,
  };
}
