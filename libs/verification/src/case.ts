import {
  didResolver,
  parseDidDocument,
  parsePublicKey,
  parseVerificationMethod,
  requireIssuerSigned,
  verifyCredentialRules,
  verifyProof,
  type DidDocument,
  type KeyResolver,
} from '#lib/credentials';
import type { BundleRegistry, Crypto, EvidenceBundle, Signer, Trust } from '#lib/documents';
import { refuse } from '#lib/problem';
import {
  openCheckpoint,
  parseTlogPolicy,
  parseVerifierKey,
  type OpenedCheckpoint,
  type TlogPolicy,
} from '#lib/tlog';
import type { Exhibit, OpenedBundle } from './exhibit.js';
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
  /** By `headKey`: the checkpoints of trusted logs. */
  heads: ReadonlyMap<string, Verified<OpenedCheckpoint>>;
  signers: ReadonlyMap<Exhibit, Verified<Signer[]>>;
  statusLists: ReadonlyMap<BundleRegistry, StatusListExhibit[]>;
  /** By origin: every statement decided again in the order of its log. */
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
  const signers = await eachVerified(exhibits, ({ statement }) =>
    verifyProof(crypto, statement, keyInItsName),
  );
  return {
    ...opened,
    trust,
    at,
    policy,
    heads: await openHeads(crypto, exhibits, trust, policy),
    signers,
    statusLists: await openStatusLists(crypto, bundle),
    replays: replayEach(crypto, exhibits, signers),
  };
}

/** Names the checkpoint of an exhibit among `Case.heads`: many exhibits share one. */
export function headKey({ origin, proof }: Exhibit): string {
  return `${origin}\n${proof.checkpoint}`;
}

/** The registry among the trusted ones that keeps this log, if there is one. */
export function trustedRegistry(trust: Trust, origin: string) {
  return trust.registries.find((registry) => registry.origin === origin);
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
  trust: Trust,
  policy: Verified<TlogPolicy> | undefined,
) {
  const witnessKeys =
    policy === undefined || policy.problem ? [] : policy.value.witnesses.map(({ key }) => key);
  const heads = new Map<string, Verified<OpenedCheckpoint>>();
  for (const exhibit of exhibits) {
    const registry = trustedRegistry(trust, exhibit.origin);
    if (registry === undefined || heads.has(headKey(exhibit))) continue;
    const head = await settled(async () => {
      const logKey = parseVerifierKey(crypto.sha256, registry.logKey);
      const opened = await openCheckpoint(crypto, exhibit.proof.checkpoint, [logKey], witnessKeys);
      // A key signs for the origin that bears its name; a trust file may have paired them wrongly.
      if (opened.checkpoint.origin === exhibit.origin) return opened;
      throw refuse('checkpoint-invalid', `The checkpoint is of "${opened.checkpoint.origin}".`);
    });
    heads.set(headKey(exhibit), head);
  }
  return heads;
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
  exhibits: readonly Exhibit[],
  signers: ReadonlyMap<Exhibit, Verified<Signer[]>>,
): ReadonlyMap<string, Replay> {
  const origins = [...new Set(exhibits.map(({ origin }) => origin))];
  return new Map(
    origins.map((origin) => {
      const log = exhibits.filter((exhibit) => exhibit.origin === origin);
      return [origin, replayLog(crypto.sha256, log, (exhibit) => signers.get(exhibit)!)] as const;
    }),
  );
}
