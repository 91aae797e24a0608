import type { ProblemName } from '#lib/problem';

/** What the OpenAPI document says about one route; who may call it comes from the route itself. */
export interface Operation {
  summary: string;
  /** A component schema's name, or a schema. */
  body?: string | object;
  /** In place of `body`: what a body in another media type than JSON is. */
  text?: string;
  query?: Record<string, object>;
  /** By status: a component schema's name, a schema, or the media type of bytes. */
  answers: Record<number, Answer>;
  problems?: readonly ProblemName[];
}

/** A JSON answer by its schema, or an answer in another media type. */
export type Answer = { schema: string | object } | { mediaType: string; what: string };

const json = (schema: string | object): Answer => ({ schema });
const bytes = (mediaType: string, what: string): Answer => ({ mediaType, what });
const object = (properties: Record<string, object>, required = Object.keys(properties)) => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const list = (items: object) => ({ type: 'array', items });
const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const record = { type: 'object' };
const checkpoint = bytes('text/plain', 'A C2SP tlog-checkpoint: signed note.');

const statements: Record<string, Operation> = {
  'POST /statements': {
    summary: 'Record a signed statement. Sending the same bytes again gives the same receipt.',
    body: 'Submission',
    answers: { 201: json('Receipt'), 200: json('Receipt') },
    problems: ['schema-violation', 'proof-invalid', 'not-custodian', 'mass-exceeded', 'overloaded'],
  },
  'GET /statements/:digest': {
    summary: 'A statement and its receipt; blinded values are opened for those entitled to them.',
    answers: {
      200: json(
        object({
          statement: record,
          disclosures: list(ref('Disclosure')),
          receipt: ref('Receipt'),
        }),
      ),
    },
    problems: ['not-found', 'not-mandated'],
  },
};

const certificate = object({
  certificate: ref('Certificate'),
  disclosures: list(ref('Disclosure')),
  receipt: ref('Receipt'),
});

const certificates: Record<string, Operation> = {
  'POST /certificates': {
    summary:
      'Draw up, sign and record the certificate of a batch, or of one that replaces another.',
    body: object({ batch: ref('BatchId'), supersedes: ref('CertificateId') }, ['batch']),
    answers: { 201: json(certificate) },
    problems: ['not-mandated', 'not-certifiable', 'certificate-live', 'certificate-stale'],
  },
  'GET /certificates/:id': {
    summary: 'A certificate by its id, or by the 32 hexadecimal digits that end it.',
    answers: { 200: json(object({ ...certificate.properties, status: ref('CertificateStatus') })) },
    problems: ['not-found'],
  },
  'GET /certificates/:id/bundle': {
    summary:
      'The evidence bundle: one file that proves the certificate without network or account.',
    answers: { 200: json('EvidenceBundle') },
    problems: ['not-found'],
  },
  'POST /imports': {
    summary:
      'Bring in a batch that another registry released: its evidence is checked, then signed.',
    body: object({
      disclosures: list(ref('Disclosure')),
      statement: ref('Import'),
      bundle: { oneOf: [ref('EvidenceBundle'), { type: 'string', contentEncoding: 'base64' }] },
    }),
    answers: { 201: json('Receipt'), 200: json('Receipt') },
    problems: ['evidence-rejected', 'recognition-missing', 'release-already-imported'],
  },
};

const judging: Record<string, Operation> = {
  'POST /verifications': {
    summary: 'Check an evidence bundle, trusting this registry and those it recognises.',
    body: 'EvidenceBundle',
    answers: { 200: json('Report') },
  },
  'POST /assessments': {
    summary: 'What rulesets say of a certificate on a governing date, clause by clause.',
    body: object(
      {
        certificate: text,
        bundle: { oneOf: [ref('EvidenceBundle'), { type: 'string', contentEncoding: 'base64' }] },
        governing: object({
          date: { type: 'string', format: 'date' },
          basis: { enum: ['delivery', 'contract', 'solicitation'] },
        }),
        rulesets: list(object({ id: text, version: text }, ['id'])),
        parameters: record,
        claims: record,
      },
      ['governing'],
    ),
    answers: { 200: json('Assessment') },
    problems: ['ruleset-not-in-force', 'malformed-bundle', 'evidence-rejected'],
  },
  'GET /rulesets': {
    summary: 'Every ruleset known here: shipped with the software, and published in the log.',
    answers: { 200: json(list(ref('RulesetSummary'))) },
  },
  'GET /rulesets/:id/:version': {
    summary: 'One version of a ruleset with its digest.',
    answers: {
      200: json(object({ ruleset: ref('Ruleset'), digest: ref('Digest'), source: text })),
    },
    problems: ['not-found'],
  },
};

const reading: Record<string, Operation> = {
  'GET /batches/:id': {
    summary: 'A batch as the ledger holds it.',
    answers: { 200: json(record) },
    problems: ['session-required', 'not-mandated', 'not-found'],
  },
  'GET /batches/:id/lineage': {
    summary: 'What the batch was made from, up to mines and intakes, with the statements.',
    answers: { 200: json(record) },
    problems: ['session-required', 'not-mandated', 'not-found'],
  },
  'GET /batches/:id/custody': {
    summary: 'Through whose hands the batch went.',
    answers: { 200: json(record) },
    problems: ['session-required', 'not-mandated', 'not-found'],
  },
  'GET /parties/:id': {
    summary: 'The public part of a party: country, roles, keys.',
    answers: { 200: json(record) },
    problems: ['not-found'],
  },
};

const log: Record<string, Operation> = {
  'GET /log/checkpoint': { summary: 'The newest checkpoint.', answers: { 200: checkpoint } },
  'GET /log/tile/*': {
    summary:
      'A hash tile `{L}/{N}[.p/{W}]` or an entry bundle `entries/{N}[.p/{W}]` (C2SP tlog-tiles).',
    answers: { 200: bytes('application/octet-stream', 'A tile, verbatim.') },
    problems: ['invalid-log-path', 'not-found'],
  },
  'GET /log/checkpoints': {
    summary: 'Every checkpoint ever signed, by growing tree size, in pages.',
    query: { from: count },
    answers: {
      200: json(object({ checkpoints: list(text), next: { type: ['integer', 'null'] } })),
    },
    problems: ['invalid-request'],
  },
  'GET /log/checkpoints/:size': {
    summary: 'The checkpoint that was signed for a tree of that size.',
    answers: { 200: checkpoint },
    problems: ['not-found', 'invalid-request'],
  },
  'GET /log/inclusion': {
    summary: 'That an entry is in the tree of a size, signed or not: hashes of RFC 6962 §2.1.1.',
    query: { index: count, size: count },
    answers: {
      200: json(object({ index: count, treeSize: count, leafHash: text, hashes: list(text) })),
    },
    problems: ['invalid-request', 'invalid-log-path', 'not-found'],
  },
  'GET /log/consistency': {
    summary: 'That the tree of one size is the beginning of another: hashes of RFC 6962 §2.1.2.',
    query: { from: count, to: count },
    answers: { 200: json(object({ from: count, to: count, hashes: list(text) })) },
    problems: ['invalid-request', 'invalid-log-path', 'not-found'],
  },
  ...entryProofs('/log/entries/:index', 'An entry'),
  ...entryProofs('/log/entries/by-digest/:digest', 'The entry of a statement'),
};

/** An entry's proof in both its forms; `size` picks a tree that was signed. */
function entryProofs(path: string, what: string): Record<string, Operation> {
  const problems = ['not-found', 'invalid-request'] as const;
  const query = { size: count };
  return {
    [`GET ${path}/proof`]: {
      summary: `${what} with its proof in the newest checkpoint, or in that of \`size\`.`,
      query,
      answers: { 200: json('Receipt') },
      problems,
    },
    [`GET ${path}/tlog-proof`]: {
      summary: `${what} proved as above, as a C2SP tlog-proof alone.`,
      query,
      answers: { 200: bytes('text/plain', 'A C2SP tlog-proof, verbatim.') },
      problems,
    },
  };
}

const witness: Record<string, Operation> = {
  'GET /witness': {
    summary: 'This registry as a witness: its verifier key, and the logs that it watches.',
    answers: {
      200: json(
        object({
          name: text,
          vkey: ref('VerifierKey'),
          logs: list(object({ origin: text, vkey: ref('VerifierKey'), size: { type: 'integer' } })),
        }),
      ),
    },
  },
  'POST /witness/add-checkpoint': {
    summary: 'Have a checkpoint of a watched log cosigned (C2SP tlog-witness).',
    text: 'old <size>, the consistency proof, an empty line, and the checkpoint.',
    answers: {
      200: bytes('text/plain', 'The cosignature line.'),
      409: bytes('text/x.tlog.size', 'The size that was cosigned last.'),
    },
    problems: [
      'log-origin-unknown',
      'log-key-untrusted',
      'log-inconsistent-checkpoint',
      'malformed-note',
    ],
  },
  'GET /witness/:originHash/checkpoint': {
    summary: 'The checkpoint cosigned last for the log whose origin has this SHA-256.',
    answers: { 200: checkpoint },
    problems: ['not-found'],
  },
  'GET /witness/evidence': {
    summary: 'Forks that this witness caught: two checkpoints of one log that cannot both be true.',
    answers: {
      200: json(list(object({ origin: text, held: text, offered: text, receivedAt: text }))),
    },
  },
};

const sessions: Record<string, Operation> = {
  'GET /sessions/challenge': {
    summary: 'A challenge to sign within five minutes.',
    answers: { 200: json(object({ challenge: text, domain: text, expires: text })) },
  },
  'POST /sessions': {
    summary: 'Open a session with a Verifiable Presentation over the challenge and the domain.',
    body: record,
    answers: { 201: json(object({ token: text, party: text, expires: text })) },
    problems: ['challenge-expired', 'proof-invalid', 'party-unknown', 'key-not-valid'],
  },
};

const about: Record<string, Operation> = {
  'GET /status/:purpose': {
    summary: 'The signed Bitstring Status List for `revocation` or `suspension`.',
    answers: { 200: json(record) },
    problems: ['not-found'],
  },
  'GET /.well-known/did.json': {
    summary: 'This registry’s DID document, with every key it ever signed with.',
    answers: { 200: json(record) },
  },
  'GET /trust.json': {
    summary: 'This registry as a trust file; compare its log key over another channel first.',
    answers: { 200: json('Trust') },
  },
  'GET /problems': {
    summary: 'Every problem type.',
    answers: { 200: json(list(ref('ProblemType'))) },
  },
  'GET /problems/:name': { summary: 'One problem type.', answers: { 200: json('ProblemType') } },
  'GET /health/live': { summary: 'Whether the process answers.', answers: { 200: json(record) } },
  'GET /health/ready': {
    summary: 'Whether it can record, how far each witness is, and what to look into.',
    answers: { 200: json(record), 503: json(record) },
    problems: ['database-unavailable'],
  },
  'GET /metrics': {
    summary: 'The same for Prometheus.',
    answers: { 200: bytes('text/plain', 'The text exposition format, version 0.0.4.') },
  },
  'GET /openapi.json': { summary: 'This document.', answers: { 200: json(record) } },
};

/** Every route by `METHOD /path`, in the order in which the page shows them. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...statements,
  ...certificates,
  ...judging,
  ...reading,
  ...log,
  ...witness,
  ...sessions,
  ...about,
};
