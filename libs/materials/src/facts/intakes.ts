import type { Assurance, IntakeFact, OriginClaim, SourcedOrigin } from '#lib/documents';
import { uniteOrigins } from '../origin-claims.js';
import { isOf, type Recorded, type RecordedAs } from '../recorded.js';
import { factsOf, positionOf, type Ancestor, type Ancestry } from './ancestry.js';

/** Everything on the way that came from outside, with all that was ever declared of its origin. */
export function intakeFacts(ancestry: Ancestry): IntakeFact[] {
  return [...ancestry.ancestors.values()].flatMap((ancestor) =>
    isOf(ancestor.maker, 'Intake') ? [intakeFact(ancestry, ancestor, ancestor.maker)] : [],
  );
}

function intakeFact(
  ancestry: Ancestry,
  { id, elements }: Ancestor,
  intake: Recorded & RecordedAs<'Intake'>,
): IntakeFact {
  const { issuer, credentialSubject } = intake.signed.statement;
  const { form, source, supplier, recycled = [] } = credentialSubject;
  return {
    at: positionOf(intake),
    batch: id,
    form,
    source,
    elements: [...elements],
    origins: sourcedOrigins(ancestry, intake, elements),
    holder: issuer,
    ...(supplier === undefined ? {} : { supplier }),
    recycled: recycled
      .filter(({ element }) => elements.includes(element))
      .sort((a, b) => (a.element < b.element ? -1 : 1)),
  };
}

/** The claims of the intake itself, then those of each declaration in log order. */
function sourcedOrigins(
  ancestry: Ancestry,
  intake: Recorded & RecordedAs<'Intake'>,
  elements: Ancestor['elements'],
): SourcedOrigin[] {
  const { issuer, credentialSubject } = intake.signed.statement;
  const { id, supplier, origins } = credentialSubject;
  const sourced = (claims: readonly OriginClaim[], assurance: Assurance) =>
    uniteOrigins(claims, elements).map((claim) => ({ ...claim, assurance }));
  const declarations = factsOf(ancestry, 'OriginDeclaration').filter(
    ({ signed }) => signed.statement.credentialSubject.batch === id,
  );
  return [
    ...sourced(origins, { level: 'self-declared', statements: [intake.signed.digest] }),
    ...declarations.flatMap(({ signed }) => {
      const declarer = signed.statement.issuer;
      // The supplier speaks against its own interest to the holder: two parties stand behind it.
      const confirmed = declarer === supplier && declarer !== issuer;
      const level = confirmed ? 'counterparty-confirmed' : 'self-declared';
      return sourced(signed.statement.credentialSubject.origins, {
        level,
        statements: [signed.digest],
      });
    }),
  ];
}
