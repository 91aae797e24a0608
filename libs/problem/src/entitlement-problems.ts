import { problemType as type, type ProblemType } from './problem-type.js';

/** Who may do it, and whether what is named is there. */
export const ENTITLEMENT_PROBLEMS = {
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
} as const satisfies Record<string, ProblemType>;
