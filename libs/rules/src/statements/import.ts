import type { At, Decider, Import, Signed, StateView } from '#lib/documents';
import {
  aboutKey,
  batchKey,
  contentFractions,
  declinedKey,
  elementsOf,
  facilityKey,
  importKey,
  isBefore,
  isOwnLog,
  laterOf,
  newBatch,
  parseMass,
  readKey,
  REGISTRY_KEY,
  requireFacility,
  requireNewBatch,
  requireOpenRelease,
  requirePast,
  requireRegistry,
  requireScope,
  requireSigner,
  signerKeys,
  uniteOrigins,
  writeState,
  type ImportState,
  type RegistryState,
} from '#lib/materials';
import { refuse } from '#lib/problem';
import { requireDirect, requireRecognition, type ImportSubject } from '../imported-facts.js';
import { recognitionKey } from '../recognition.js';

const AT_CERTIFICATE = '/credentialSubject/certificate';

/**
 * Brings a released batch here, once. The importer issues the statement; the registry signs it too,
 * and thereby says that the evidence bundle holds: the release in it names this registry and this
 * importer, and the embedded certificate verifies. What the statement itself shows is decided here.
 */
export const importDecider: Decider<Import> = {
  touches(signed) {
    const { id, release, recognition, facility } = signed.statement.credentialSubject;
    const own = [REGISTRY_KEY, batchKey(id), aboutKey(id), recognitionKey(recognition)];
    const place = facility === undefined ? [] : [facilityKey(facility)];
    const fate = [importKey(release.origin, release.index), declinedKey(release)];
    return [...new Set([...own, ...place, ...fate, ...signerKeys(signed)])];
  },

  decide(state, signed, at) {
    const { issuer, credentialSubject: subject } = signed.statement;
    const registry = requireRegistry(state);
    requireSigner(state, signed, at, { besides: [registry.id] });
    requireRegistrySignature(state, signed, registry);
    requireScope(subject.id, issuer, '/credentialSubject/id');
    requireNewBatch(state, subject.id, '/credentialSubject/id');
    requireUnspent(state, subject, registry);
    requireCertificate(subject, at);
    requireRecognition(state, subject, at);
    requireDirect(subject, registry);
    if (subject.facility !== undefined)
      requireFacility(state, subject.facility, issuer, '/credentialSubject/facility');
    const { quantity, composition } = subject.certificate.credentialSubject;
    parseMass(quantity, 'down', `${AT_CERTIFICATE}/credentialSubject/quantity`);
    contentFractions(composition, `${AT_CERTIFICATE}/credentialSubject/composition`);
  },

  apply(_state, { statement, digest }, at) {
    const { issuer, credentialSubject: subject } = statement;
    const facts = subject.certificate.credentialSubject;
    const pointer = `${AT_CERTIFICATE}/credentialSubject/quantity`;
    const { massMg, basis } = parseMass(facts.quantity, 'down', pointer);
    const done = facts.processes.flatMap(({ steps, elements, facility }) =>
      steps.map((step) => ({ step, elements, country: facility.country })),
    );
    const claimed = facts.intakes.flatMap(({ origins }) => origins);
    const ends = facts.processes.map(({ end }) => end);
    const batch = newBatch(
      {
        id: subject.id,
        form: facts.form,
        lot: facts.lot ?? null,
        facility: subject.facility ?? null,
        basis,
        massMg: massMg.toString(),
        pieces: facts.pieces ?? null,
        composition: facts.composition,
        custodyModel: facts.custodyModel,
        owner: subject.transfersTitle ? issuer : facts.owner,
        custodian: issuer,
        madeAt: ends.length > 0 ? ends.reduce(laterOf) : subject.certificate.validFrom,
        availableFrom: subject.receivedAt,
        origins: uniteOrigins([...done, ...claimed], elementsOf(facts.composition)),
        recycled: facts.recycled,
        flags: facts.flags,
      },
      at,
    );
    const spent: ImportState = { batch: subject.id, statement: digest };
    const { origin, index } = subject.release;
    return [writeState(batchKey(subject.id), batch), writeState(importKey(origin, index), spent)];
  },
};

function requireRegistrySignature(
  state: StateView,
  { signers }: Signed<Import>,
  { id }: RegistryState,
): void {
  if (signers.some((signer) => readKey(state, signer.publicKeyMultibase)?.party === id)) return;
  throw refuse(
    'signer-missing',
    `${id} signs an import once it has checked the evidence; it has not signed this one.`,
    '/proof',
    { remedy: 'Send the import with its evidence bundle to POST /imports of this registry.' },
  );
}

function requireUnspent(
  state: StateView,
  { release }: ImportSubject,
  registry: RegistryState,
): void {
  if (isOwnLog(registry, release.origin))
    throw refuse(
      'release-not-for-this-registry',
      'A batch is not imported at its own home.',
      '/credentialSubject/release',
    );
  requireOpenRelease(state, release);
}

/** The embedded certificate is the home registry's, of the home batch, older than the release. */
function requireCertificate(
  { certificate, home, release, receivedAt }: ImportSubject,
  at: At,
): void {
  const { issuer, validUntil, credentialSubject: facts } = certificate;
  if (issuer !== home.registry)
    throw refuse('not-issuer', `${issuer} is not the home registry.`, `${AT_CERTIFICATE}/issuer`);
  if (facts.id !== home.batch)
    throw refuse(
      'reference-unknown',
      `The certificate is of ${facts.id}, not of ${home.batch}.`,
      `${AT_CERTIFICATE}/credentialSubject/id`,
    );
  const { origin, treeSize } = facts.asOf;
  if (origin !== release.origin || treeSize >= release.index)
    throw refuse(
      'certificate-stale',
      `The certificate rests on tree size ${treeSize} of ${origin}, not on what lay before the release.`,
      `${AT_CERTIFICATE}/credentialSubject/asOf`,
    );
  if (isBefore(validUntil, at.recordedAt))
    throw refuse(
      'certificate-not-live',
      `It ended on ${validUntil}.`,
      `${AT_CERTIFICATE}/validUntil`,
    );
  requirePast(receivedAt, at, '/credentialSubject/receivedAt');
}
