import { didResolver, verifyStatement } from '#lib/credentials';
import {
  canonicalBytes,
  parseSubmission,
  statementIdentity,
  type Signer,
  type Submission,
} from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import type { LedgerItem } from '#lib/store';
import { signedOf } from '../../apps/registry/src/statements/signed-of.js';
import { webKeysNamedIn } from '../../apps/registry/src/statements/web-keys.js';
import { worksOf } from './make-events.js';
import type { World } from './works.js';

/** A body as the sequencer takes it: read and verified, as the registry does for each request. */
export async function itemOf(body: Uint8Array): Promise<LedgerItem> {
  const submission = parseSubmission(nodeCrypto.sha256, body);
  const resolveKey = didResolver(webKeysNamedIn(body));
  return itemBy(submission, await verifyStatement(nodeCrypto, submission, resolveKey));
}

/** Events of `makeEvents` as items: read as any statement is, their signatures being our own. */
export function eventItems(
  world: World,
  bodies: readonly Uint8Array[],
  first: number,
): LedgerItem[] {
  return bodies.map((body, i) => {
    const { did, verificationMethod, publicKeyMultibase } = worksOf(world, first + i).key;
    const submission = parseSubmission(nodeCrypto.sha256, body);
    return itemBy(submission, [{ did, verificationMethod, publicKeyMultibase }]);
  });
}

/** As `itemOf`, of many. */
export async function itemsOf(bodies: readonly Uint8Array[]): Promise<LedgerItem[]> {
  const items: LedgerItem[] = [];
  for (const body of bodies) items.push(await itemOf(body));
  return items;
}

function itemBy(submission: Submission, signers: Signer[]): LedgerItem {
  const { statement, digest, bytes, disclosures } = submission;
  const keys = signers.map(({ publicKeyMultibase }) => publicKeyMultibase);
  const identity = statementIdentity(nodeCrypto.sha256, statement, keys, bytes);
  const signed = signedOf({ submission, signers, identity });
  const kept = disclosures.length > 0 ? canonicalBytes(disclosures) : null;
  return { type: signed.type, digest, identity, bytes, disclosures: kept, signed };
}
