import { parseArgs } from 'node:util';
import { administer } from './administer.js';
import { ConfigurationError } from './configuration.js';
import { succeedLog } from './succeed-log.js';

/** Freezes the registry's log and begins its successor: `node succeed.js --origin ORIGIN`. */
await administer((configuration, database, logger) => {
  const { origin } = parseArgs({ options: { origin: { type: 'string' } } }).values;
  if (origin === undefined) throw new ConfigurationError('--origin names the new log.');
  return succeedLog(configuration, database, logger, { origin });
});
