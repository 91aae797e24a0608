import { presentationBy, signDocument } from '#lib/credentials';
import { nodeCrypto, type KeySigner } from '#lib/keys';
import { secondsNow } from './draft.js';
import type { RegistryClient } from './registry-client.js';

/**
 * Opens a session at a registry: signs a presentation over its challenge and domain, and returns
 * the same client with the session's token. Throws the registry's Refusal.
 */
export async function openSession(
  registry: RegistryClient,
  key: KeySigner,
): Promise<RegistryClient> {
  const { challenge, domain } = await registry.get<{ challenge: string; domain: string }>(
    '/sessions/challenge',
  );
  const presentation = await signDocument(nodeCrypto.sha256, presentationBy(key.did), key, {
    created: secondsNow(),
    proofPurpose: 'authentication',
    challenge,
    domain,
  });
  const { token } = await registry.post<{ token: string }>('/sessions', presentation);
  return registry.withToken(token);
}
