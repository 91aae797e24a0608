import type { At, Certificate, Decider, Form, Opened, StateView } from '#lib/documents';
import { refuse } from '#lib/problem';
import { isInTransit, readBatch, requireActive, requireBatch, type BatchState } from '../batch.js';
import type { CertificateState } from '../certificate.js';
import { isBefore, requireOrder } from '../instant.js';
import { requireSigner, signerKeys } from '../key.js';
import { isBeyond } from '../log-place.js';
import { requireScope } from '../party.js';
import { isOwnLog, requireRegistry, type RegistryState } from '../registry.js';
import { goodStanding } from '../standing.js';
import {
  batchKey,
  certificateKey,
  readState,
  REGISTRY_KEY,
  successorKey,
  writeState,
} from '../state-key.js';
import { requireFreeIndexes, statusIndexKeys, takeIndexes } from '../status-index.js';

/** Facts about one batch, issued by the registry; refused when they changed since they were read. */
export const certificate: Decider<Certificate> = {
  touches(signed) {
    const { statement } = signed;
    const batches = [...batchesNamedIn(statement), statement.credentialSubject.id];
    const id = certificateIdOf(statement);
    return [
      ...new Set([REGISTRY_KEY, certificateKey(id), successorKey(id), ...batches.map(batchKey)]),
      ...new Set(statusIndexKeys(statement)),
      ...signerKeys(signed),
    ];
  },

  decide(state, signed, at) {
    const { statement } = signed;
    const { id: batchId } = statement.credentialSubject;
    const registry = requireRegistry(state);
    if (statement.issuer !== registry.id)
      throw refuse('not-issuer', `Certificates are issued by ${registry.id}.`, '/issuer');
    requireSigner(state, signed, at);
    requireFreeId(state, statement);
    const batch = requireBatch(state, batchId, '/credentialSubject/id');
    requireCertifiable(batch, at);
    requireNoLiveCertificate(state, statement, batch, at);
    requireOrder(statement.validFrom, statement.validUntil, '/validUntil');
    requireFresh(state, statement, batch, at);
    requireFreeIndexes(state, statement);
  },

  apply(state, { statement, digest }, { origin, index }) {
    const batch = requireBatch(state, statement.credentialSubject.id, '');
    const id = certificateIdOf(statement);
    const { validFrom, validUntil, credentialSubject, issuer } = statement;
    const issued: CertificateState = {
      ...goodStanding(),
      id,
      batch: batch.id,
      issuer,
      validFrom,
      validUntil,
      origin,
      index,
      statement: digest,
      treeSize: credentialSubject.asOf.treeSize,
      statusListIndex: statusListIndex(statement),
      supersededBy: null,
      recognitions: recognitionsIn(statement, requireRegistry(state)),
    };
    return [
      writeState(batchKey(batch.id), { ...batch, certificate: { id, validUntil } }),
      writeState(certificateKey(id), issued),
      ...takeIndexes(statement, id),
    ];
  },
};

/** Imports by other logs, on the way here, were under recognitions of other jurisdictions. */
function recognitionsIn({ credentialSubject }: Opened<Certificate>, registry: RegistryState) {
  const own = credentialSubject.imports.filter(({ at }) => isOwnLog(registry, at.origin));
  return [...new Set(own.map(({ recognition }) => recognition))].sort();
}

const CERTIFIABLE: readonly Form[] = ['oxide', 'metal', 'alloy', 'magnet'];

/** Every batch that the facts name, beside the certified one: those of this log are ancestors. */
function batchesNamedIn({ credentialSubject }: Opened<Certificate>): string[] {
  const { processes, intakes, handovers, assays, imports } = credentialSubject;
  const named = [...intakes, ...handovers, ...assays, ...imports].map(({ batch }) => batch);
  return [...named, ...processes.flatMap(({ inputs }) => inputs)];
}

/** The certificate's own id; the schema lets it be absent, the ledger does not (see `decide`). */
function certificateIdOf({ id, issuer }: Opened<Certificate>): string {
  return id ?? `${issuer}/certificates/`;
}

function requireFreeId(state: StateView, { id, issuer }: Opened<Certificate>): void {
  if (id === undefined) throw refuse('schema-violation', 'A certificate has an id.', '/id');
  requireScope(id, issuer, '/id');
  if (readState(state, certificateKey(id)))
    throw refuse('already-registered', `${id} is issued.`, '/id');
}

function requireCertifiable(batch: BatchState, at: At): void {
  const pointer = '/credentialSubject/id';
  if (!CERTIFIABLE.includes(batch.form))
    throw refuse('not-certifiable', `A batch of ${batch.form} is not certified.`, pointer);
  requireActive(batch, pointer);
  if (isInTransit(batch, at.recordedAt))
    throw refuse('batch-in-transit', `${batch.id} is under an open offer.`, pointer);
  if (batch.leftMg === '0')
    throw refuse('not-certifiable', `Nothing is left of ${batch.id}.`, pointer);
}

/** A StatusChange ended the former one by announcing this very id, or it has expired. */
function requireNoLiveCertificate(
  state: StateView,
  statement: Opened<Certificate>,
  batch: BatchState,
  at: At,
): void {
  const former = batch.certificate;
  if (!former || isBefore(former.validUntil, at.recordedAt)) return;
  const announced = readState<{ supersedes: string }>(
    state,
    successorKey(certificateIdOf(statement)),
  );
  if (announced?.supersedes === former.id) return;
  throw refuse(
    'certificate-live',
    `${former.id} certifies the batch until ${former.validUntil}.`,
    '/credentialSubject/id',
    {
      remedy:
        'Use it; or record a StatusChange that supersedes it, with the new certificate’s id in supersededBy.',
      extensions: { certificate: former.id },
    },
  );
}

/** Throws when the facts were read from another log, or anything they rest on changed since. */
function requireFresh(
  state: StateView,
  statement: Opened<Certificate>,
  batch: BatchState,
  at: At,
): void {
  const { asOf } = statement.credentialSubject;
  const { origin, treeSize } = asOf;
  const stale = (detail: string) => refuse('certificate-stale', detail, '/credentialSubject/asOf');
  if (origin !== at.origin) throw stale(`The facts are those of ${origin}.`);
  if (treeSize > at.index) throw stale(`This log has no tree of size ${treeSize} yet.`);
  if (isBeyond(batch.changedAt, asOf))
    throw stale(`${batch.id} changed at index ${batch.changedAt.index}.`);
  for (const id of batchesNamedIn(statement)) {
    const ancestor = readBatch(state, id);
    // A batch that this log does not hold was taken over from an imported certificate.
    if (!ancestor) continue;
    if (isBeyond(ancestor.standingAt, asOf))
      throw stale(`${id} changed at index ${ancestor.standingAt.index}.`);
    if (ancestor.status === 'revoked')
      throw refuse(
        'not-certifiable',
        `${id}, of which it is made, was recalled.`,
        '/credentialSubject/id',
      );
  }
}

function statusListIndex({ credentialStatus }: Opened<Certificate>) {
  const indexOf = (purpose: 'revocation' | 'suspension') =>
    credentialStatus.find((entry) => entry.statusPurpose === purpose)?.statusListIndex ?? '';
  return { revocation: indexOf('revocation'), suspension: indexOf('suspension') };
}
