import type { Decider, Recognition } from '#lib/documents';
import {
  aboutKey,
  goodStanding,
  isHomeAuthority,
  REGISTRY_KEY,
  requireRegistry,
  requireScope,
  requireSigner,
  signerKeys,
  writeState,
} from '#lib/materials';
import { refuse } from '#lib/problem';
import { readRecognition, recognitionKey, type RecognitionState } from '../recognition.js';

/** Accepts facts certified under another registry; only an authority of this jurisdiction can. */
export const recognition: Decider<Recognition> = {
  touches(signed) {
    const { id } = signed.statement.credentialSubject;
    return [...new Set([REGISTRY_KEY, recognitionKey(id), aboutKey(id), ...signerKeys(signed)])];
  },

  decide(state, signed, at) {
    const { id, registry, jurisdiction, validFrom, validUntil } =
      signed.statement.credentialSubject;
    const home = requireRegistry(state);
    const signer = requireSigner(state, signed, at, { role: 'authority' });
    if (!isHomeAuthority(signer, home))
      throw refuse('role-missing', `Not an authority of ${home.jurisdiction}.`, '/issuer');
    requireScope(id, signed.statement.issuer, '/credentialSubject/id');
    if (readRecognition(state, id))
      throw refuse('already-registered', `${id} is registered.`, '/credentialSubject/id');
    if (registry === home.id)
      throw refuse(
        'already-registered',
        `${registry} is this registry, in ${jurisdiction}; it needs no recognition.`,
        '/credentialSubject/registry',
      );
    if (validUntil < validFrom)
      throw refuse(
        'time-out-of-order',
        `The recognition would end on ${validUntil}, before it begins on ${validFrom}.`,
        '/credentialSubject/validUntil',
      );
  },

  apply(_state, { statement, digest }) {
    const { instrument: _instrument, ...subject } = statement.credentialSubject;
    const given: RecognitionState = {
      ...subject,
      ...goodStanding(),
      issuer: statement.issuer,
      given: digest,
    };
    return [writeState(recognitionKey(subject.id), given)];
  },
};
