export { startEmbedded, type Embedded, type EmbeddedOptions } from './embedded/embedded.js';
export { SERVING_ROLE, ensureServingRole } from './embedded/roles.js';
