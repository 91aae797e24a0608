import {
  didResolver,
  parseDidDocument,
  parsePublicKey,
  parseVerificationMethod,
  requireIssuerSigned,
  verifyCredentialRules,
  verifyProof,
  verifyStatement,
  type DidDocument,
  type KeyResolver,
} from '#lib/credentials';
import type { BundleRegistry, Crypto, EvidenceBundle, Signer, Trust } from '#lib/documents';
import { refuse } from '#lib/problem';
import { openCheckpoint, parseTlogPolicy, type OpenedCheckpoint, type TlogPolicy } from '#lib/tlog';
import { exhibitsOf, type Exhibit, type ExhibitOf, type OpenedBundle } from './exhibit.js';
import { logHistories, type LogHistory } from './log-history.js';
import { trustedLogs, type TrustedLog } from './log-trust.js';
import { replayLog, type Replay } from './replay-log.js';
import { eachVerified, settle, settled, type Verified } from './verified.js';

/** A status list of the bundle, as JSON, with the verdict on the registry's signature. */
export interface StatusListExhibit {
  list: object;
  signers: Verified<Signer[]>;
}

/** A bundle with everything that cryptography and replay say of it: what the checks read. */
export interface Case extends OpenedBundle {
  trust: Trust;
  /** RFC 3339: the caller's time of judgement, if it gave one. */
  at: string | undefined;
  policy: Verified<TlogPolicy> | undefined;
  /** By origin: the logs that the trust file stands for. */
  logs: ReadonlyMap<string, TrustedLog>;
  /** By origin: a log with those that it succeeds and that succeed it. */
  histories: ReadonlyMap<string, LogHistory>;
  /** By the genesis that names it: the frozen head of a log that was succeeded. */
  frozenHeads: ReadonlyMap<ExhibitOf<'RegistryGenesis'>, Verified<OpenedCheckpoint>>;
  /** By `headKey`: the checkpoints of trusted logs. */
  heads: ReadonlyMap<string, Verified<OpenedCheckpoint>>;
  signers: ReadonlyMap<Exhibit, Verified<Signer[]>>;
  statusLists: ReadonlyMap<BundleRegistry, StatusListExhibit[]>;
  /** By origin: every statement decided again in the order of its history. */
  replays: ReadonlyMap<string, Replay>;
}

/** Verifies and replays all that a bundle holds; never throws on what the bundle says. */
export async function openCase(
  crypto: Crypto,
  opened: OpenedBundle,
  trust: Trust,
  at: string | undefined,
): Promise<Case> {
  const { bundle, exhibits } = opened;
  const policy = witnessPolicy(crypto, trust);
  const logs = await trustedLogs(crypto, opened, trust);
  const histories = logHistories(exhibits);
  const signers = await eachVerified(exhibits, (exhibit) =>
    verifyStatement(crypto, exhibit, keyInItsName),
  );
  return {
    ...opened,
    trust,
    at,
    policy,
    logs,
    histories,
    frozenHeads: await openFrozenHeads(crypto, exhibits, logs),
    heads: await openHeads(crypto, exhibits, logs, policy),
    signers,
    statusLists: await openStatusLists(crypto, bundle),
    replays: replayEach(crypto, histories, signers),
  };
}

/** Names the checkpoint of an exhibit among `Case.heads`: many exhibits share one. */
export function headKey({ origin, proof }: Exhibit): string {
  return `${origin}\n${proof.checkpoint}`;
}

/** What the bundle holds of a log's whole history, in the order of recording. */
export function historyAt({ histories }: Case, origin: string): readonly Exhibit[] {
  return histories.get(origin)?.exhibits ?? [];
}

/** The block of the registry as its newest log has it: what speaks for now. */
export function newestBlock({ bundle, histories }: Case, origin: string): BundleRegistry {
  const newest = histories.get(origin)?.origins.at(-1);
  return bundle.registries.find((block) => block.origin === (newest ?? origin))!;
}

/**
 * A statement's proof names its key in full: as did:key, or as the fragment under a registry's
 * did:web. Whose key it was when the statement was recorded, the replay says.
 */
const keyInItsName: KeyResolver = (id) => parsePublicKey(parseVerificationMethod(id).fragment);

/** The bundle's DID document of a registry, unless it is none: a check of its own says why. */
function didDocumentOf({ didDocument }: BundleRegistry): DidDocument[] {
  const document = settle(() => parseDidDocument(didDocument));
  return document.problem ? [] : [document.value];
}

function witnessPolicy(crypto: Crypto, { witnessPolicy: text }: Trust) {
  return text === undefined ? undefined : settle(() => parseTlogPolicy(crypto.sha256, text));
}

async function openHeads(
  crypto: Crypto,
  exhibits: readonly Exhibit[],
  logs: ReadonlyMap<string, TrustedLog>,
  policy: Verified<TlogPolicy> | undefined,
) {
  const witnessKeys =
    policy === undefined || policy.problem ? [] : policy.value.witnesses.map(({ key }) => key);
  const heads = new Map<string, Verified<OpenedCheckpoint>>();
  for (const exhibit of exhibits) {
    const log = logs.get(exhibit.origin);
    if (log === undefined || heads.has(headKey(exhibit))) continue;
    const head = await settled(async () => {
      const opened = await openCheckpoint(crypto, exhibit.proof.checkpoint, log.keys, witnessKeys);
      // A key signs for the origin that bears its name; a trust file may have paired them wrongly.
      if (opened.checkpoint.origin === exhibit.origin) return opened;
      throw refuse('checkpoint-invalid', `The checkpoint is of "${opened.checkpoint.origin}".`);
    });
    heads.set(headKey(exhibit), head);
  }
  return heads;
}

/** The checkpoints that successor logs begin from, under the keys of the logs that they succeed. */
async function openFrozenHeads(
  crypto: Crypto,
  exhibits: readonly Exhibit[],
  logs: ReadonlyMap<string, TrustedLog>,
) {
  const succeeding = exhibitsOf(exhibits, 'RegistryGenesis').filter(
    ({ opened }) => opened.credentialSubject.predecessor !== undefined,
  );
  return eachVerified(succeeding, ({ opened }) => {
    const { origin, checkpoint } = opened.credentialSubject.predecessor!;
    return openCheckpoint(crypto, checkpoint, logs.get(origin)?.keys ?? []);
  });
}

/** A status list stands outside the log, so its key is one of its registry's DID document. */
async function openStatusLists(crypto: Crypto, { registries }: EvidenceBundle) {
  const lists = new Map<BundleRegistry, StatusListExhibit[]>();
  for (const registry of registries) {
    const verified = await eachVerified(registry.statusLists, async (list) => {
      const resolveKey = didResolver(didDocumentOf(registry));
      const signers = await verifyProof(crypto, list, resolveKey);
      requireIssuerSigned(list, signers);
      verifyCredentialRules(list);
      const { issuer, validFrom } = list as { issuer?: unknown; validFrom?: unknown };
      if (issuer !== registry.registry)
        throw refuse('proof-invalid', 'The list is issued by another.', '/issuer');
      if (validFrom === undefined)
        throw refuse('schema-violation', 'The list does not say as at when.', '/validFrom');
      return signers;
    });
    lists.set(
      registry,
      [...verified].map(([list, signers]) => ({ list, signers })),
    );
  }
  return lists;
}

function replayEach(
  crypto: Crypto,
  histories: ReadonlyMap<string, LogHistory>,
  signers: ReadonlyMap<Exhibit, Verified<Signer[]>>,
): ReadonlyMap<string, Replay> {
  const replays = new Map(
    [...new Set(histories.values())].map(
      (history) =>
        [
          history,
          replayLog(crypto.sha256, history.exhibits, (exhibit) => signers.get(exhibit)!),
        ] as const,
    ),
  );
  return new Map([...histories].map(([origin, history]) => [origin, replays.get(history)!]));
}
