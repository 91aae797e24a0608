import { Injectable } from '@nestjs/common';
import { verifyPresentation } from '#lib/credentials';
import { parseJson, type Json } from '#lib/documents';
import { Sessions, type Session } from '#lib/http';
import { isValidAt, keyKey, partyKey, type KeyState } from '#lib/materials';
import { refuse } from '#lib/problem';
import { Registry } from '../registry.js';

/** A presentation carries one holder and one or two proofs. */
export const PRESENTATION_BYTES_MAX = 64 * 1024;

/** Opens a session for the holder of a Verifiable Presentation (VC Data Model 2.0 §4.13). */
@Injectable()
export class OpenSession {
  constructor(
    private readonly registry: Registry,
    private readonly sessions: Sessions,
  ) {}

  /**
   * Verifies the presentation over a challenge of ours and our domain, then that a key that signed
   * is now a key of its holder. Throws `malformed-json`, `schema-violation`, `proof-invalid`,
   * `challenge-expired`, `party-unknown` or `key-not-valid`.
   */
  async open(body: Uint8Array): Promise<Session> {
    const presentation = parseJson(body);
    if (typeof presentation !== 'object' || presentation === null || Array.isArray(presentation))
      throw refuse('schema-violation', 'A presentation is a JSON object.', '');
    const challenge = challengeOf(presentation);
    const { holder, signers } = await verifyPresentation(this.registry.verifier, presentation, {
      domain: this.registry.identity.domain,
      challenge,
      at: await this.registry.now(),
    });
    // Only a challenge that was answered well is used up: nobody can spend another's.
    this.sessions.redeem(challenge);
    await this.requireKeyOf(
      holder,
      signers.map(({ publicKeyMultibase }) => publicKeyMultibase),
    );
    return this.sessions.open(holder);
  }

  private async requireKeyOf(holder: string, publicKeys: readonly string[]): Promise<void> {
    const { ledger } = this.registry;
    const known = await ledger.states([partyKey(holder), ...publicKeys.map(keyKey)]);
    if (!known.has(partyKey(holder)))
      throw refuse('party-unknown', `${holder} is not registered at this registry.`, '/holder');
    const now = await this.registry.now();
    const isValid = publicKeys.some((publicKey) => {
      const key = known.get(keyKey(publicKey)) as unknown as KeyState | undefined;
      return key?.party === holder && isValidAt(key, now);
    });
    if (!isValid) throw refuse('key-not-valid', `No valid key of ${holder} signed.`, '/proof');
  }
}

/** The challenge that the first proof answers; whether it is ours is seen when it is redeemed. */
function challengeOf({ proof }: { [name: string]: Json }): string {
  const first = Array.isArray(proof) ? proof[0] : proof;
  const challenge =
    typeof first === 'object' && first !== null && !Array.isArray(first)
      ? first['challenge']
      : undefined;
  if (typeof challenge === 'string') return challenge;
  throw refuse('proof-invalid', 'The proof answers no challenge.', '/proof/challenge');
}
