import { ConfigurationError, readConfiguration } from './configuration.js';
import { KeyStorageError } from '#lib/keys';
import { serve } from './serve.js';

try {
  const service = await serve(readConfiguration(process.env));
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop(service.stop));
} catch (fault) {
  // What the operator can mend needs no stack; everything else does.
  const isPlain = fault instanceof ConfigurationError || fault instanceof KeyStorageError;
  console.error(isPlain ? `lodestone: ${fault.message}` : fault);
  process.exitCode = 1;
}

/** Ends the process only when everything is put away; a second signal ends it at once. */
async function stop(putAway: () => Promise<void>): Promise<void> {
  await putAway();
  process.exit(0);
}
