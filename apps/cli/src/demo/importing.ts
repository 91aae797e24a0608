import { canonicalBytes, parseJson } from '#lib/documents';
import { draftImport } from '../import-draft.js';
import { signDraft } from '../draft.js';
import type { Receipt } from '../registry-client.js';
import type { Actor } from './actor.js';
import type { ReleasedOxide } from './australia.js';
import { daysAgo } from './calendar.js';
import type { Narrator } from './narrator.js';

/** The importer signs, the destination registry checks the evidence and signs too. */
export async function importReleased(
  importer: Actor,
  released: ReleasedOxide,
  recognition: string,
  tell: Narrator,
): Promise<string> {
  const batch = importer.id('batches', 'NDPR-0427-AU');
  await tell.step(
    importer,
    'imports the released oxide under the US recognition of Australia',
    () => submitImport(importer, released, recognition, batch),
  );
  return batch;
}

/** One POST /imports: the signed Import statement and the bundle that supports it. */
export async function submitImport(
  importer: Actor,
  released: ReleasedOxide,
  recognition: string,
  batch: string,
): Promise<Receipt> {
  const draft = draftImport(released.bundle, {
    importer: importer.did,
    batch,
    recognition,
    facility: importer.id('facilities', 'roanoke'),
    receivedAt: daysAgo(170),
  });
  const signed = await signDraft(draft, [importer.key]);
  const body = canonicalBytes({ ...signed, bundle: parseJson(released.bundle) });
  return importer.registry.post<Receipt>('/imports', body);
}
