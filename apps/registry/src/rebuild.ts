import { rebuildProjections } from '#lib/store';
import { examine } from './examine.js';

/**
 * Makes state and look-ups again from the ledger: `node rebuild.js [--json]`. Exit code 0 when done,
 * 2 when it could not run.
 */
await examine(async (subject, onProgress) => {
  const applied = await rebuildProjections({ ...subject, onProgress });
  const { origin } = subject.log;
  const isJson = process.argv.includes('--json');
  console.log(
    isJson ? JSON.stringify({ origin, applied }) : `${origin}: ${applied} entries applied.`,
  );
  return true;
});
