import type { Composition } from '#lib/documents';
import { refuse } from '#lib/problem';
import { elementsOf } from './composition.js';
import { RARE_EARTHS } from './element.js';

/** One input of an event, as far as its title matters. */
export interface OwnedInput {
  owner: string;
  composition: Composition;
}

/**
 * Who owns what an event makes. Title follows the rare earths, the principal material: a toller that
 * adds its own iron to a customer's neodymium makes the customer's alloy, because it signs the event
 * itself. Nobody's rare earth is mixed with another's, and nobody but the owner and the processor
 * can lose title to other material; both are refused with `owners-differ`. What is mined is the
 * miner's.
 */
export function ownerOfOutputs(inputs: readonly OwnedInput[], processor: string): string {
  const first = inputs[0];
  if (!first) return processor;
  const principal = inputs.find(bearsRareEarth) ?? first;
  for (const [i, input] of inputs.entries()) {
    const consents = input.owner === processor && !bearsRareEarth(input);
    if (input.owner !== principal.owner && !consents)
      throw refuse(
        'owners-differ',
        `This input belongs to ${input.owner}, another to ${principal.owner}.`,
        `/credentialSubject/inputs/${i}/batch`,
      );
  }
  return principal.owner;
}

function bearsRareEarth({ composition }: OwnedInput): boolean {
  return elementsOf(composition).some((element) => RARE_EARTHS.has(element));
}

/** Only the owner passes title on. Throws `not-owner` at `/credentialSubject/transfersTitle`. */
export function requireTitle(
  { id, owner }: { id: string; owner: string },
  issuer: string,
  transfersTitle: boolean,
): void {
  if (!transfersTitle || owner === issuer) return;
  throw refuse('not-owner', `${id} belongs to ${owner}.`, '/credentialSubject/transfersTitle');
}
