import { inLogOrder, type Recorded } from '../recorded.js';
import { gatherMaterial, type History } from './material.js';
import { gatherSupport } from './support.js';

/** Every statement of one log that bears on a batch, in log order. */
export interface Provenance {
  batch: string;
  records: Recorded[];
}

/**
 * Walks from a batch up to mines, intakes and imports, and gathers what the batch rests on: enough to
 * decide each of these statements again, and nothing of what siblings did. An unknown batch has no
 * records.
 */
export async function walkProvenance(read: History, batch: string): Promise<Provenance> {
  const material = await gatherMaterial(read, batch);
  const support = await gatherSupport(read, material);
  return { batch, records: inLogOrder([...material, ...support]) };
}
