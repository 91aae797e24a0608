import { KeyStorageError } from '#lib/keys';
import { ConfigurationError, readConfiguration } from './configuration.js';
import { serve, type Service } from './serve.js';

const starting = start();
// A signal while it starts is answered once it has: what was begun is put away, not abandoned.
// A second signal ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
await starting;

async function start(): Promise<Service | undefined> {
  try {
    return await serve(readConfiguration(process.env));
  } catch (fault) {
    // What the operator can mend needs no stack; everything else does.
    const isPlain = fault instanceof ConfigurationError || fault instanceof KeyStorageError;
    console.error(isPlain ? `lodestone: ${fault.message}` : fault);
    process.exitCode = 1;
    return undefined;
  }
}

async function stop(): Promise<void> {
  const service = await starting;
  await service?.stop();
  process.exit();
}
