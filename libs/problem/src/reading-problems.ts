import { problemType as type, type ProblemType } from './problem-type.js';

/** Before anything is decided: bytes that cannot be read, and signatures that do not verify. */
export const READING_PROBLEMS = {
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
} as const satisfies Record<string, ProblemType>;
