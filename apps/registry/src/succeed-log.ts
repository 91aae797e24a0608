import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { toHex } from '#lib/documents';
import { REGISTRY_KEY, type RegistryState } from '#lib/materials';
import { freezeLog, openLog, poolOf, Sequencer } from '#lib/store';
import { formatVerifierKey, isOrigin, parseCheckpoint, parseNote, signNote } from '#lib/tlog';
import { ConfigurationError, type Configuration, type DatabaseAddress } from './configuration.js';
import { LEDGER_DECIDERS } from './deciders.js';
import { genesisSubmission, type Predecessor } from './genesis.js';
import { verifierKeyOf } from './key-ring.js';
import { ledgerState } from './ledger/ledger-state.js';
import { openRegistry } from './open-registry.js';
import { isAnnounced } from './rotate-keys.js';
import type { Registry } from './registry.js';
import { signedOf } from './statements/signed-of.js';
import { webKeysNamedIn } from './statements/web-keys.js';

/** How a log is succeeded. */
export interface SuccessionOptions {
  /** Of the new log. */
  origin: string;
  /** How long to wait for the quorum of witnesses over the frozen head; 30 s. */
  witnessTimeoutMs?: number;
}

/** A log that has taken the place of another. */
export interface Succession {
  origin: string;
  logKey: string;
  predecessor: Predecessor;
}

const LOOK_MS = 250;

/**
 * Freezes the registry's log and begins the one that succeeds it: state, keys and parties go on, and
 * the new genesis names the frozen head with its cosignatures. Every process refuses to append from
 * the freezing on, and serves the new log when it is started again. What was interrupted is taken up
 * where it was when the same is asked again. Throws ConfigurationError, and `log-read-only` when the
 * log was frozen for another one.
 */
export async function succeedLog(
  configuration: Configuration,
  database: Pick<DatabaseAddress, 'url'>,
  logger: Logger,
  options: SuccessionOptions,
): Promise<Succession> {
  requireLogName(options.origin);
  const { registry } = await openRegistry(configuration, database, logger);
  try {
    const { origin } = registry.identity;
    if (origin === options.origin)
      throw new ConfigurationError(`${origin} is the log of this registry already.`);
    await freezeLog(poolOf(registry.dataSource), registry.ownLog, options.origin);
    const predecessor = await frozenHead(registry, options.witnessTimeoutMs ?? 30_000);
    const logKey = await begin(registry, options.origin, predecessor);
    return { origin: options.origin, logKey, predecessor };
  } finally {
    await registry.close();
  }
}

function requireLogName(origin: string): void {
  // The origin is the name of the log's key too, which has neither spaces nor a plus.
  if (isOrigin(origin) && /^[!-*,-~]{1,200}$/.test(origin)) return;
  throw new ConfigurationError(
    `“${origin}” is no name for a log; it is like registry.example/log/2027.`,
  );
}

/** The last checkpoint, once as many witnesses have cosigned it as the policy asks for. */
async function frozenHead(registry: Registry, timeoutMs: number): Promise<Predecessor> {
  const { witnessing, keys, identity } = registry;
  const deadline = Date.now() + timeoutMs;
  let newest = await witnessing.log.newest();
  while (!newest.hasQuorum) {
    if (Date.now() > deadline)
      throw new ConfigurationError(
        `${identity.origin} is frozen at ${newest.treeSize} entries, and the quorum of its witnesses has not cosigned that. ` +
          'Ask for the same again when they answer; until then nothing is recorded.',
      );
    witnessing.cosigners.wake();
    await sleep(LOOK_MS);
    newest = await witnessing.log.newest();
  }
  const { origin, treeSize, rootHash } = parseCheckpoint(parseNote(newest.note).text);
  // A key that was announced by the last entry has not signed the checkpoint over it yet.
  const ids = parseNote(newest.note).signatures.map(({ keyId }) => keyId);
  const logKey = formatVerifierKey(
    keys.keysOf(origin).findLast(({ keyId }) => ids.includes(keyId))!,
  );
  return { origin, logKey, treeSize, rootHash: toHex(rootHash), checkpoint: newest.note };
}

/** Records the genesis of the successor under a log key of its own; gives that key. */
async function begin(
  registry: Registry,
  origin: string,
  predecessor: Predecessor,
): Promise<string> {
  const { identity, keys, dataSource, verifier } = registry;
  const state = (await ledgerState<RegistryState>(registry, REGISTRY_KEY))!;
  const signer = await keys.unannounced('log', (each) => isAnnounced(state, each));
  const key = verifierKeyOf(origin, signer);
  const { crypto, predecessors = [] } = registry.ownLog;
  const log = {
    origin,
    crypto,
    keys: [key],
    signCheckpoint: (text: string) => signNote(text, { key, sign: signer.sign }),
    predecessors: [...predecessors, registry.ownLog],
  };
  const pool = poolOf(dataSource);
  await openLog(pool, log);
  const logKey = formatVerifierKey(key);
  const successor = { ...identity, origin, vkey: logKey };
  const body = await genesisSubmission(successor, keys.signer, state.authority, predecessor);
  const { submission, ...read } = await verifier.readSubmission(body, webKeysNamedIn(body));
  const onFault = (fault: Error) => void console.error(fault);
  const sequencer = new Sequencer({ pool, log, deciders: LEDGER_DECIDERS, onFault });
  await sequencer.append({
    type: submission.statement.type[1],
    digest: submission.digest,
    identity: read.identity,
    bytes: submission.bytes,
    disclosures: null,
    signed: signedOf({ submission, ...read }),
  });
  await sequencer.close();
  return logKey;
}
