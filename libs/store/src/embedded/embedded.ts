import { findBinaries } from './binaries.js';
import { OWNER_ROLE, clusterPaths, makeDataDir, prepareCluster, rolePassword } from './cluster.js';
import { type Postmaster, adopt, launch } from './postmaster.js';
import { SERVING_ROLE, ensureDatabase, ensureServingRole } from './roles.js';
import { chooseUser } from './run-as.js';

/** Where the embedded database keeps itself, and whether it may forget on a power cut. */
export interface EmbeddedOptions {
  /** A folder for the cluster, its log and its passwords; made when missing. */
  dataDir: string;
  /** Never syncs to disk: for tests alone. */
  unsafeFast?: boolean;
}

/** A running embedded PostgreSQL. */
export interface Embedded {
  /** For the serving role, which cannot change what the ledger holds. */
  url: string;
  /** For the owner, who migrates. */
  adminUrl: string;
  port: number;
  pid: number;
  /** How it was started (`user namespace`, `setuid nobody`, `own user`) or `adopted`. */
  how: string;
  /** Where its binaries came from. */
  from: string;
  /** Stops the server if this process started it; an adopted one is left to its owner. */
  stop(): Promise<void>;
}

const DATABASE = 'lodestone';

/**
 * Brings up a real PostgreSQL on a loopback port of its own choosing, with an owner and a serving
 * role, or adopts the one that already runs on `dataDir`. Faults with what to do about it when
 * there are no binaries, another major version made the data, or root may not be left.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dataDir, unsafeFast = false } = options;
  const paths = clusterPaths(dataDir);
  const binaries = findBinaries();
  const running = await adopt(paths);
  if (running) return describe(running);

  makeDataDir(paths);
  rolePassword(paths, OWNER_ROLE);
  const as = chooseUser(binaries.dir, paths.dataDir, paths.clusterDir);
  prepareCluster(paths, binaries.dir, as, unsafeFast);
  const server = await launch(paths, binaries.dir, as, unsafeFast);
  return describe(server, server.adopted ? 'adopted' : as.how);

  async function describe(server: Postmaster, how = 'adopted'): Promise<Embedded> {
    const urlOf = (role: string, database: string) =>
      `postgres://${role}:${rolePassword(paths, role)}@127.0.0.1:${server.port}/${database}`;
    await ensureDatabase(urlOf(OWNER_ROLE, 'postgres'), DATABASE);
    await ensureServingRole(urlOf(OWNER_ROLE, DATABASE), rolePassword(paths, SERVING_ROLE));
    const { pid, port, stop } = server;
    return {
      url: urlOf(SERVING_ROLE, DATABASE),
      adminUrl: urlOf(OWNER_ROLE, DATABASE),
      port,
      pid,
      how,
      from: binaries.from,
      stop,
    };
  }
}
