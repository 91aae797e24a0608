import type { Assurance, FacilityFact, ProcessFact } from '#lib/documents';
import { isOf, type Recorded, type RecordedAs } from '../recorded.js';
import { factsOf, positionOf, type Ancestor, type Ancestry } from './ancestry.js';
import { confirmationOf } from './handovers.js';

/** Every MakeEvent on the way, with the elements of the certified batch that went through it. */
export function processFacts(ancestry: Ancestry): ProcessFact[] {
  const products = new Map<Recorded, Ancestor[]>();
  for (const ancestor of ancestry.ancestors.values())
    products.set(ancestor.maker, [...(products.get(ancestor.maker) ?? []), ancestor]);
  return [...products].flatMap(([maker, made]) =>
    isOf(maker, 'MakeEvent') ? [processFact(ancestry, maker, made)] : [],
  );
}

function processFact(
  ancestry: Ancestry,
  event: Recorded & RecordedAs<'MakeEvent'>,
  products: readonly Ancestor[],
): ProcessFact {
  const { issuer, credentialSubject } = event.signed.statement;
  const { steps, inputs, outputs, facility, start, end } = credentialSubject;
  return {
    at: positionOf(event),
    steps,
    elements: [...new Set(products.flatMap(({ elements }) => elements))].sort(),
    inputs: [...new Set(inputs.map(({ batch }) => batch))],
    outputs: outputs.map(({ id }) => id),
    facility: facilityFact(ancestry, facility),
    operator: issuer,
    start,
    end,
    assurance: processAssurance(ancestry, event, products),
  };
}

/** Self-declared, until another party takes the product over and so vouches that it exists. */
function processAssurance(
  ancestry: Ancestry,
  { signed }: Recorded,
  products: readonly Ancestor[],
): Assurance {
  for (const { id } of products) {
    const confirmed = confirmationOf(ancestry, id);
    if (confirmed)
      return {
        level: 'counterparty-confirmed',
        statements: [signed.digest, confirmed.signed.digest],
      };
  }
  return { level: 'self-declared', statements: [signed.digest] };
}

function facilityFact(ancestry: Ancestry, id: string): FacilityFact {
  const registration = factsOf(ancestry, 'FacilityRegistration').find(
    ({ signed }) => signed.statement.credentialSubject.id === id,
  )!;
  const { country, subdivision } = registration.signed.statement.credentialSubject;
  return {
    id,
    country,
    ...(subdivision === undefined ? {} : { subdivision }),
    registered: registration.signed.digest,
  };
}
