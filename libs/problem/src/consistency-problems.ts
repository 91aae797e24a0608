import { problemType as type, type ProblemType } from './problem-type.js';

/** What contradicts the ledger: quantity, custody, time, standing, duplicates. */
export const CONSISTENCY_PROBLEMS = {
  // —— consistent ——
  'identity-conflict': type(
    409,
    'The same payload was recorded with other bytes',
    'Use the receipt of the entry named in the detail.',
  ),
  'already-registered': type(
    409,
    'The identifier is already taken',
    'Choose another identifier, or refer to the one that exists.',
  ),
  'lot-already-registered': type(
    409,
    'The same lot was registered before',
    'Use the batch that exists; the same facility, step and lot number make one batch.',
  ),
  'batch-spent': type(409, 'Nothing is left of the batch', 'Use a batch that still has mass.'),
  'mass-exceeded': type(409, 'More mass than there is', 'Reduce the quantity to what is left.'),
  'element-balance-exceeded': type(
    409,
    'More of an element comes out than went in',
    'Correct masses or compositions; measurement uncertainty never credits mass.',
  ),
  'basis-mismatch': type(
    409,
    'The quantity is on another basis',
    'Give net or dry mass, on the basis on which the batch is booked.',
  ),
  'owners-differ': type(
    409,
    'Material of different owners would be mixed',
    'Pass title to one owner first, or process the inputs apart.',
  ),
  'step-missing': type(
    409,
    'No step that is named makes this',
    'Name the step that made this form, or correct the form.',
  ),
  'batch-in-transit': type(
    409,
    'The batch is under an open handover offer',
    'Wait for the answer, or for the offer to lapse.',
  ),
  'batch-not-active': type(
    409,
    'The batch is suspended, recalled or released',
    'Use material in good standing, or have the status lifted by its issuer.',
  ),
  'custody-model-too-strong': type(
    409,
    'The custody model is stronger than an input’s',
    'Claim at most the weakest model among the inputs (ISO 22095).',
  ),
  'offer-lapsed': type(409, 'The offer has lapsed', 'Ask the holder for a new offer.'),
  'offer-answered': type(
    409,
    'The offer was already answered',
    'Read the answer; ask for a new offer if more is to move.',
  ),
  'time-in-future': type(
    409,
    'The event lies in the future',
    'Record events after they happened, with an RFC 3339 offset.',
  ),
  'time-out-of-order': type(
    409,
    'The times contradict each other',
    'Correct the times: an end follows its start, and a step its inputs.',
  ),
  'release-already-imported': type(
    409,
    'The release was already imported',
    'One release is imported once; use the batch that exists here.',
  ),
  'release-declined': type(
    409,
    'The release was declined here, for good',
    'Record the refusal at the home registry, which opens the batch again; then ask for a new release.',
  ),
  'release-not-for-this-registry': type(
    409,
    'The release names another registry',
    'Import where the release points.',
  ),
  'status-index-taken': type(
    409,
    'Another certificate has that index in the status list',
    'Sign the certificate with an index that is free.',
  ),
  'status-list-full': type(
    409,
    'This registry can issue no further certificate',
    'Certify at another registry of the jurisdiction; the certificates issued here stay good.',
  ),
  'certificate-stale': type(
    409,
    'The batch changed after the certificate was drawn up',
    'Ask for the certificate again.',
  ),
  'certificate-live': type(
    409,
    'The batch already has a live certificate',
    'Use it, or have it superseded.',
  ),
  'certificate-not-live': type(
    409,
    'The certificate is suspended, revoked or superseded',
    'Use the live certificate of the batch.',
  ),
  'not-certifiable': type(
    409,
    'This batch cannot be certified',
    'Certificates are for oxide, metal, alloy and magnet in good standing.',
  ),
  'status-transition-invalid': type(
    409,
    'The status cannot change that way',
    'Suspend what is active, reinstate what is suspended; revocation is final.',
  ),
  'ruleset-not-in-force': type(
    409,
    'The ruleset is not in force on that date',
    'Name the version that governs on that date.',
  ),
  'log-inconsistent-checkpoint': type(
    422,
    'The checkpoint contradicts one this witness has cosigned',
    'Keep both: together they prove that the log forked.',
  ),
} as const satisfies Record<string, ProblemType>;
