import { rebuildProjections } from '#lib/store';
import { examine } from './examine.js';
import { replayWith } from './ledger/reopen-statement.js';

/**
 * Makes state and look-ups again from the ledger: `node rebuild.js [--json]`. Exit code 0 when done,
 * 2 when it could not run.
 */
await examine(async ({ pool, log, verifier }, onProgress) => {
  const replay = replayWith((body, documents) => verifier.readSubmission(body, documents));
  const applied = await rebuildProjections({ pool, log, replay, onProgress });
  const { origin } = log;
  const isJson = process.argv.includes('--json');
  console.log(
    isJson ? JSON.stringify({ origin, applied }) : `${origin}: ${applied} entries applied.`,
  );
  return true;
});
