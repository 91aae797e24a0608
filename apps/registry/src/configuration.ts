import path from 'node:path';

/** Everything that the surroundings decide about this process, read once at the start. */
export interface Configuration {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** Absolute path: the keystore, the embedded database and the development keys live here. */
  dataFolder: string;
  /** The registry's domain, with the port where it is not the scheme's own; fixed by genesis. */
  domain: string | undefined;
  /** ISO 3166-1 alpha-2. */
  jurisdiction: string;
  name: string;
  /** Opens the keystore. */
  passphrase: string;
  /** Whether nobody chose the passphrase, so that the keystore protects nothing. */
  hasDevelopmentPassphrase: boolean;
  /** did:key of the first authority; undefined when a development key is to be made. */
  authority: string | undefined;
  /** Undefined for the embedded PostgreSQL. */
  database: DatabaseAddress | undefined;
  /** The C2SP tlog-policy file: logs to witness, witnesses to ask. It need not be there. */
  policyFile: string;
  /** Whether to record after a start although no witness has answered. */
  startsWithoutWitnesses: boolean;
  /** How long a witness may take to answer. */
  witnessTimeoutMs: number;
  logLevel: string;
  /** Whether a parent process wants one line of JSON when the service is ready. */
  announces: boolean;
}

/** An external PostgreSQL: the role that serves and the owner that migrates. */
export interface DatabaseAddress {
  url: string;
  adminUrl: string;
}

/** Known to everybody who reads this: it guards nothing and is for development only. */
const DEVELOPMENT_PASSPHRASE = 'lodestone development passphrase';

const DOMAIN = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?$/;

/** A setting that cannot be followed; its message is for the operator. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** Reads the configuration from environment variables; throws ConfigurationError. */
export function readConfiguration(env: NodeJS.ProcessEnv): Configuration {
  const jurisdiction = env['LODESTONE_JURISDICTION'] || 'AU';
  if (!/^[A-Z]{2}$/.test(jurisdiction))
    throw new ConfigurationError(
      `LODESTONE_JURISDICTION is "${jurisdiction}"; it is an ISO 3166-1 code of two letters, such as AU.`,
    );
  const passphrase = env['LODESTONE_PASSPHRASE'];
  const dataFolder = path.resolve(env['LODESTONE_DATA'] || '.lodestone');
  return {
    host: env['HOST'] || '127.0.0.1',
    port: portOf(env['PORT'] || '3000'),
    dataFolder,
    domain: domainOf(env['LODESTONE_DOMAIN']),
    jurisdiction,
    name: env['LODESTONE_NAME'] || `Lodestone registry ${jurisdiction}`,
    passphrase: passphrase || DEVELOPMENT_PASSPHRASE,
    hasDevelopmentPassphrase: !passphrase,
    authority: env['LODESTONE_AUTHORITY'] || undefined,
    database: databaseOf(env),
    policyFile: path.resolve(env['LODESTONE_POLICY'] || path.join(dataFolder, 'policy.txt')),
    startsWithoutWitnesses: env['LODESTONE_START_WITHOUT_WITNESSES'] === '1',
    witnessTimeoutMs: timeoutOf(env['LODESTONE_WITNESS_TIMEOUT_MS'] || '3000'),
    logLevel: env['LOG_LEVEL'] || 'warn',
    announces: env['LODESTONE_ANNOUNCE'] === 'json',
  };
}

/** `https://` for the world; plain http only on this machine, where no certificate can be had. */
export function baseUrlOf(domain: string): string {
  const host = domain.split(':')[0]!;
  const isLocal = host === 'localhost' || host.endsWith('.localhost') || host.startsWith('127.');
  return `${isLocal ? 'http' : 'https'}://${domain}`;
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && port <= 65_535) return port;
  throw new ConfigurationError(`PORT is "${text}"; it is a number from 0 to 65535.`);
}

function timeoutOf(text: string): number {
  const timeout = Number(text);
  if (/^[0-9]{1,5}$/.test(text) && timeout >= 100 && timeout <= 5_000) return timeout;
  throw new ConfigurationError(
    `LODESTONE_WITNESS_TIMEOUT_MS is "${text}"; it is a number from 100 to 5000.`,
  );
}

function domainOf(text: string | undefined): string | undefined {
  if (!text || DOMAIN.test(text)) return text || undefined;
  throw new ConfigurationError(
    `LODESTONE_DOMAIN is "${text}"; it is a lower-case domain with an optional port, such as registry.example.`,
  );
}

function databaseOf(env: NodeJS.ProcessEnv): DatabaseAddress | undefined {
  const url = databaseUrlOf('DATABASE_URL', env);
  return url ? { url, adminUrl: databaseUrlOf('DATABASE_ADMIN_URL', env) ?? url } : undefined;
}

/** What is wrong is not repeated: it may hold a password. */
function databaseUrlOf(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const text = env[name];
  if (!text || (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text))) return text || undefined;
  throw new ConfigurationError(
    `${name} is no address of a PostgreSQL database, such as postgres://user:password@host:5432/registry.`,
  );
}
