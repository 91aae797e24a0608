import {
  blindedDigest,
  parseJson,
  type Certificate,
  type Disclosure,
  type EvidenceBundle,
  type Opened,
  type Trust,
} from '#lib/documents';
import { certificateFacts, walkProvenance, type Recorded } from '#lib/materials';
import { formatVerifierKey } from '#lib/tlog';
import { assembleBundle, formatBundle } from '#lib/verification';
import {
  americanMagnets,
  americanParties,
  australianOxide,
  type America,
  type Australia,
} from './journey.js';
import { ago } from './material-steps.js';
import { aWitness, sha256 } from './memory-keys.js';
import { DECIDERS, MemoryLog, type LogRecord, type SayOptions } from './memory-log.js';

/** Two registries that watch each other's logs, and all that happened in them. */
export interface Evidence {
  au: MemoryLog;
  us: MemoryLog;
  australia: Australia;
  america: America;
  /** Of the oxide, and of the magnets made from it. */
  certificates: { oxide: LogRecord; magnets: LogRecord };
  release: LogRecord;
  imported: string;
  magnets: string;
  /** The Australian bundle, which the American registry kept as the evidence of the import. */
  homeBundle: EvidenceBundle;
  /** Cosigners of every checkpoint. */
  policy: string;
}

/** What a story changes on the way from the mine to the magnet. */
export interface Turns {
  /** Before the oxide is certified. */
  beforeCertificate?: (au: MemoryLog, australia: Australia) => Promise<unknown>;
  /** Says the release, in place of the ordinary one. */
  release?: Record<string, unknown>;
  /** Changes the import before it is signed. */
  import?: (subject: Record<string, unknown>, au: MemoryLog) => object | Promise<object>;
  importOptions?: SayOptions;
  /** Changes the recognition before it is signed. */
  recognition?: Record<string, unknown>;
  /** Between the recognition and the import. */
  beforeImport?: (us: MemoryLog, america: America) => Promise<unknown>;
  /** Changes the subject of the magnets' certificate after it is drawn up. */
  certificate?: (subject: Record<string, unknown>, log: MemoryLog) => Record<string, unknown>;
}

/** From a mine in Australia to certified magnets in America. */
export async function journey(turns: Turns = {}): Promise<Evidence> {
  const witnesses = [aWitness('witness.au.example'), aWitness('witness.us.example')];
  const au = new MemoryLog('AU', 'registry.au.example', '2026-03-01T00:00:00.000Z', witnesses);
  const us = new MemoryLog('US', 'registry.us.example', '2026-03-02T00:00:00.000Z', witnesses);
  const australia = await australianOxide(au);
  await turns.beforeCertificate?.(au, australia);
  const oxide = await certify(au, australia.oxide);
  const america = await americanParties(us, au, turns.recognition);
  const release = await au.say(australia.separator, 'Release', {
    batch: australia.oxide,
    certificate: oxide.signed.statement.id,
    destination: {
      registry: us.registry,
      origin: us.origin,
      jurisdiction: us.jurisdiction,
      key: us.key.publicKeyMultibase,
    },
    importer: america.metalMaker.did,
    transfersTitle: true,
    releasedAt: ago(au, 0),
    ...turns.release,
  });
  const homeBundle = await bundleOf(au, oxide);
  us.later((Date.parse(au.now) - Date.parse(us.now)) / 86_400_000 + 20);
  await turns.beforeImport?.(us, america);
  const imported = `${america.metalMaker.did}/batches/O-AU-1`;
  const ordinary = importSubject(us, { au, oxide, release, america, australia }, imported);
  const subject = { ...ordinary, ...(await turns.import?.(ordinary, au)) };
  await us.say(america.metalMaker, 'Import', subject, {
    with: [us.key],
    disclosures: disclosuresIn(au, oxide),
    ...turns.importOptions,
  });
  us.later(1);
  const magnets = await americanMagnets(us, america, imported);
  const certificates = { oxide, magnets: await certify(us, magnets, turns.certificate) };
  const policy = policyOf(au);
  return {
    au,
    us,
    australia,
    america,
    certificates,
    release,
    imported,
    magnets,
    homeBundle,
    policy,
  };
}

/** A trust file that believes both registries and demands both witnesses. */
export function trustOf({ au, us, policy }: Evidence, more: Partial<Trust> = {}): Trust {
  return {
    type: 'LodestoneTrust',
    version: 1,
    registries: [au.trusted, us.trusted],
    witnessPolicy: policy,
    maximumAgeSeconds: 86_400,
    ...more,
  };
}

/** The bytes of the magnets' bundle, as the American registry would give it now. */
export async function magnetBundle({
  us,
  certificates,
  homeBundle,
}: Evidence): Promise<Uint8Array> {
  return formatBundle(await bundleOf(us, certificates.magnets, [homeBundle]));
}

/** A bundle of a certificate: everything in the log that bears on it, proved by its head as it is. */
export async function bundleOf(
  log: MemoryLog,
  certificate: LogRecord,
  imported: readonly EvidenceBundle[] = [],
): Promise<EvidenceBundle> {
  return assembleBundle(sha256, {
    certificate: certificate.signed.digest,
    registry: await log.block(),
    records: log.parts(await recordsFor(log, certificate)),
    disclosures: log.disclosures,
    imported,
  });
}

/** Draws up, signs and records a certificate as the registry does. */
export async function certify(
  log: MemoryLog,
  batch: string,
  change: Turns['certificate'] = (subject) => subject,
): Promise<LogRecord> {
  const provenance = await walkProvenance({ history: historyOf(log) }, batch);
  const facts = certificateFacts(provenance, log.state);
  const index = log.records.length;
  return log.say(log.key, 'Certificate', change({ ...facts, asOf: log.asOf() }, log), {
    members: {
      id: `${log.registry}/certificates/${String(index).padStart(32, '0')}`,
      validUntil: ago(log, -730),
      credentialStatus: log.statusEntries(index),
    },
  });
}

/** Reads a memory log as the registry's store reads its own. */
export function historyOf(log: MemoryLog) {
  return async (keys: readonly string[]): Promise<Recorded[]> =>
    log.records.filter(({ signed }) => {
      const touched = (
        DECIDERS[signed.statement.type[1]] as (typeof DECIDERS)['MakeEvent']
      ).touches(signed as Parameters<(typeof DECIDERS)['MakeEvent']['touches']>[0]);
      return touched.some((key) => keys.includes(key));
    });
}

/** What bears on a certificate: the provenance of its batch as it is now, and what was said of it. */
async function recordsFor(log: MemoryLog, certificate: LogRecord): Promise<Recorded[]> {
  const { statement } = certificate.signed as { statement: Opened<Certificate> };
  const history = historyOf(log);
  const provenance = await walkProvenance({ history }, statement.credentialSubject.id);
  const standing = await history([`certificate:${statement.id}`]);
  const indices = [...provenance.records, ...standing, certificate].map(({ at }) => at.index);
  return [...new Set(indices)].sort((a, b) => a - b).map((index) => log.records[index]!);
}

/** The disclosures that open something in a record of the log. */
function disclosuresIn(log: MemoryLog, { statement }: LogRecord): Disclosure[] {
  const text = new TextDecoder().decode(statement);
  return log.disclosures.filter(({ salt, value }) =>
    text.includes(blindedDigest(sha256, salt, value)),
  );
}

function importSubject(
  us: MemoryLog,
  {
    au,
    oxide,
    release,
    america,
    australia,
  }: Pick<Evidence, 'au' | 'release' | 'america' | 'australia'> & {
    oxide: LogRecord;
  },
  id: string,
): Record<string, unknown> {
  return {
    id,
    release: { origin: au.origin, index: release.at.index, statement: release.signed.digest },
    home: { registry: au.registry, jurisdiction: au.jurisdiction, batch: australia.oxide },
    certificate: parseJson(oxide.statement),
    transfersTitle: true,
    recognition: america.recognition,
    evidence: 'cd'.repeat(32),
    receivedAt: ago(us, 0),
  };
}

/** Both witnesses must have cosigned. */
function policyOf({ witnesses }: MemoryLog): string {
  const names = witnesses.map(({ key }) => key.name);
  return [
    ...witnesses.map(({ key }) => `witness ${key.name} ${formatVerifierKey(key)}`),
    `group everybody all ${names.join(' ')}`,
    'quorum everybody',
    '',
  ].join('\n');
}
