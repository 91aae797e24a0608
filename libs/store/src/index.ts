export { startEmbedded, type Embedded, type EmbeddedOptions } from './embedded/embedded.js';
export { SERVING_ROLE, ensureServingRole } from './embedded/roles.js';
export { createDataSource, poolOf } from './schema/data-source.js';
export { ledgerOwnershipWarning, migrateDatabase } from './schema/database-migration.js';
