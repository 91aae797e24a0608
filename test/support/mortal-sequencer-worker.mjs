// The sequencer's thread of the built registry, which dies when it is handed a statement of identity
// ddd…d: in the middle of a batch, if others came with it.
import { parentPort } from 'node:worker_threads';

await import('../../dist/apps/registry/src/sequencer/sequencer-worker.js');
parentPort.on('message', (statements) => {
  if (statements?.some(({ statement }) => /^d+$/.test(statement.identity)))
    setTimeout(() => process.exit(7), 5);
});
