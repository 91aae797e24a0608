import { parseArgs } from 'node:util';
import { administer } from './administer.js';
import { ConfigurationError } from './configuration.js';
import { openRegistry } from './open-registry.js';
import { rotateKeys } from './rotate-keys.js';

const DAY_MS = 86_400_000;

/** Rotates the registry's statement and log keys: `node rotate.js [--overlap DAYS]`; 30 days. */
await administer(async (configuration, database, logger) => {
  const { values } = parseArgs({ options: { overlap: { type: 'string', default: '30' } } });
  const days = Number(values.overlap);
  if (!/^[0-9]{1,4}(\.[0-9]{1,6})?$/.test(values.overlap))
    throw new ConfigurationError(`--overlap is "${values.overlap}"; it is a number of days.`);
  const { registry } = await openRegistry(configuration, database, logger);
  try {
    const retireAt = new Date(Date.now() + days * DAY_MS).toISOString();
    return await rotateKeys(registry, { retireAt });
  } finally {
    await registry.close();
  }
});
