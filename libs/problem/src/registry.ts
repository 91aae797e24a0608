/** One RFC 9457 problem type: its status, its short title and what the reader can do about it. */
export interface ProblemType {
  readonly status: number;
  readonly title: string;
  readonly remedy: string;
}

const type = (status: number, title: string, remedy: string): ProblemType => ({
  status,
  title,
  remedy,
});

/**
 * Every problem Lodestone can answer with: a closed registry. A test demands that each is
 * provoked, and `GET /problems` serves this table.
 */
export const PROBLEMS = {
  // —— bytes arrive ——
  'unsupported-media-type': type(415, 'Media type not supported', 'Send application/json.'),
  'too-large': type(
    413,
    'Body too large',
    'Split the statement, or keep large evidence outside and cite its digest.',
  ),
  // —— read, never transformed ——
  'malformed-json': type(
    400,
    'Not strict JSON',
    'Send RFC 8259 JSON in UTF-8 without duplicate names or lone surrogates.',
  ),
  'not-canonical': type(
    400,
    'Not RFC 8785 canonical',
    'Canonicalise with RFC 8785, then sign; `lodestone sign` does both.',
  ),
  'schema-violation': type(
    400,
    'Does not match its JSON Schema',
    'Correct the field that the pointer names.',
  ),
  'disclosure-missing': type(
    400,
    'A blinded value is not disclosed to the registry',
    'Send the {salt, value} of every blinded field in `disclosures`.',
  ),
  'disclosure-mismatch': type(
    400,
    'A disclosure opens nothing',
    'Send only disclosures whose digest stands in the statement.',
  ),
  'invalid-request': type(
    400,
    'Request not understood',
    'Correct the parameter that the pointer names.',
  ),
  'invalid-log-path': type(
    400,
    'Not a tlog-tiles path or size',
    'Use the exact paths of C2SP tlog-tiles.',
  ),
  'malformed-note': type(
    400,
    'Not a C2SP signed note',
    'Send the note verbatim, as the log served it.',
  ),
  'malformed-policy': type(
    400,
    'Not a C2SP witness policy',
    'Correct the line named in the detail.',
  ),
  'malformed-proof': type(
    400,
    'Not a C2SP tlog-proof',
    'Send the proof verbatim, as the log served it.',
  ),
  'malformed-tile': type(
    400,
    'Not a C2SP tile or entry bundle',
    'Fetch the tile again and keep its bytes verbatim.',
  ),
  'malformed-bundle': type(
    400,
    'Not an evidence bundle',
    'Send the bundle verbatim, as the registry served it.',
  ),
  // —— authentic ——
  'proof-invalid': type(
    422,
    'Signature does not verify',
    'Sign the exact statement with eddsa-jcs-2022 and the key that verificationMethod names.',
  ),
  'key-not-registrable': type(
    422,
    'The key cannot be registered',
    'Generate a fresh Ed25519 key with a standard tool; `lodestone keygen` makes one.',
  ),
  'checkpoint-invalid': type(
    422,
    'Checkpoint does not verify',
    'Fetch the checkpoint again, or check which log key is trusted.',
  ),
  'inclusion-invalid': type(
    422,
    'Inclusion proof does not verify',
    'Fetch the proof again; if it fails twice, report the log.',
  ),
  'consistency-invalid': type(
    422,
    'Consistency proof does not verify',
    'Fetch the proof again; if it fails twice, the log has forked: keep both checkpoints.',
  ),
  'chain-invalid': type(
    422,
    'The entries do not form one chain',
    'Fetch the entries again; if they fail twice, report the log.',
  ),
  'quorum-missing': type(
    422,
    'Too few witnesses',
    'Wait for cosignatures, or trust a policy with a smaller quorum.',
  ),
  'evidence-rejected': type(
    422,
    'The evidence bundle does not hold',
    'Read the failed checks in the detail; ask the home registry for a fresh bundle.',
  ),
  // —— allowed ——
  'session-required': type(
    401,
    'A session is needed',
    'POST /sessions with a presentation signed over the registry’s challenge.',
  ),
  'challenge-expired': type(
    401,
    'Challenge unknown, used or expired',
    'Ask for a new challenge with GET /sessions/challenge.',
  ),
  'not-mandated': type(
    403,
    'This party has no mandate for this',
    'Ask the holder, or an authority for a mandate.',
  ),
  'party-unknown': type(
    403,
    'The party is not registered here',
    'Have the jurisdiction’s authority register the party and its key.',
  ),
  'key-not-valid': type(
    403,
    'The key is not valid for that party at this time',
    'Sign with a key that the ledger holds as valid for the issuer.',
  ),
  'role-missing': type(
    403,
    'The party does not hold the role',
    'Ask the authority to register the role, or let a party that holds it sign.',
  ),
  'signer-missing': type(
    403,
    'A required second signature is missing',
    'Have the party named in the detail sign the same statement.',
  ),
  'not-custodian': type(
    403,
    'The party does not hold the batch',
    'Let the custodian sign, or hand the batch over first.',
  ),
  'not-receiver': type(
    403,
    'The offer was made to somebody else',
    'Only the party named in `to` can answer an offer.',
  ),
  'not-issuer': type(
    403,
    'Only the issuer may do this',
    'Let the issuer of the target statement sign.',
  ),
  'not-issuer-scoped': type(
    403,
    'Identifier outside the issuer’s own name',
    'Begin the identifier with the issuer’s DID.',
  ),
  'not-owner': type(
    403,
    'The party does not own the batch',
    'Hand over custody without title, or let the owner pass title first.',
  ),
  'not-operator': type(
    403,
    'The party does not operate the facility',
    'Let the facility’s operator sign.',
  ),
  'facility-not-licensed': type(
    403,
    'The facility is not licensed for the step',
    'Have the authority confirm the licence, or name the facility that did the step.',
  ),
  'accreditation-out-of-scope': type(
    403,
    'Outside the scope of the accreditation',
    'Cite an accreditation whose scope covers the method and the material.',
  ),
  'accreditation-not-valid': type(
    403,
    'The accreditation was not valid on that date',
    'Cite an accreditation that was valid and not suspended on the test date.',
  ),
  'recognition-missing': type(
    403,
    'No recognition covers this',
    'Ask the authority of this jurisdiction for a recognition with that scope and date.',
  ),
  'log-key-untrusted': type(
    403,
    'No key that this witness trusts has signed the checkpoint',
    'Sign it with the log key that the witness’s operator was given.',
  ),
  // —— found ——
  'not-found': type(404, 'Not found', 'Check the identifier; percent-encode it in a path.'),
  'reference-unknown': type(
    404,
    'The statement names something the ledger does not hold',
    'Register what the pointer names first.',
  ),
  'method-not-allowed': type(405, 'Method not allowed', 'See GET /openapi.json.'),
  'log-origin-unknown': type(
    404,
    'This witness does not know that log',
    'Ask the operator to add the log’s verifier key.',
  ),
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
  // —— sequenced ——
  overloaded: type(
    503,
    'The registry is busy',
    'Send the same bytes again after Retry-After seconds; one entry results.',
  ),
  'database-unavailable': type(
    503,
    'The database is away',
    'Send the same bytes again after Retry-After seconds; one entry results.',
  ),
  'clock-behind': type(
    503,
    'The clock is behind the log',
    'The operator must correct the clock; send the same bytes again later.',
  ),
  'log-read-only': type(
    503,
    'The log is read-only',
    'The operator must resolve what `lodestone audit` and /health/ready report.',
  ),
  'rate-limited': type(429, 'Too many requests', 'Wait Retry-After seconds.'),
  internal: type(
    500,
    'Fault in the registry',
    'Send the same bytes again later; the operator finds the cause in the log under this request’s id.',
  ),
} as const satisfies Record<string, ProblemType>;

/** The name of a problem: the last segment of its type URI. */
export type ProblemName = keyof typeof PROBLEMS;
