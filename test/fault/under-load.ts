import { setTimeout as sleep } from 'node:timers/promises';
import { registerCrowd, tradeUntil, type Trade } from './load.js';
import type { Rig } from './rig.js';

/** Trades while a fault befalls the registry, and a moment after it is mended. */
export async function underLoad(rig: Rig, trade: Trade, fault: () => Promise<void>): Promise<void> {
  let isOver = false;
  const trading = tradeUntil(rig.audience, trade, 4, () => isOver);
  const crowd = registerCrowd(rig.audience);
  try {
    await fault();
    await rig.ready();
    await sleep(200);
  } finally {
    isOver = true;
  }
  await crowd;
  expect(await trading).toBeGreaterThan(0);
}
