import { bytes, json, list, object, record, ref, text, type Operation } from './operation.js';
import { LOG_OPERATIONS } from './log-operations.js';

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

const bundle = {
  oneOf: [ref('EvidenceBundle'), { type: 'string', contentEncoding: 'base64' }],
};

const refusal = object({
  statement: ref('ImportRefusal'),
  disclosures: { type: 'array', maxItems: 0 },
  receipt: ref('Receipt'),
});

const certificates: Record<string, Operation> = {
  'POST /certificates': {
    summary:
      'Draw up, sign and record the certificate of a batch, or of one that replaces another.',
    body: object({ batch: ref('BatchId'), supersedes: ref('CertificateId') }, ['batch']),
    answers: { 201: json(certificate) },
    problems: [
      'not-mandated',
      'not-certifiable',
      'certificate-live',
      'certificate-stale',
      'status-list-full',
    ],
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
    problems: ['not-found', 'rate-limited'],
  },
  'POST /imports': {
    summary:
      'Bring in a batch that another registry released: its evidence is checked, then signed.',
    body: object({
      disclosures: list(ref('Disclosure')),
      statement: ref('Import'),
      bundle,
    }),
    answers: { 201: json('Receipt'), 200: json('Receipt') },
    problems: [
      'evidence-rejected',
      'recognition-missing',
      'release-already-imported',
      'release-declined',
    ],
  },
  'POST /imports/refusals': {
    summary:
      'Decline a release to this registry for good; the statement, submitted at home, reopens the batch there.',
    body: object({ bundle, reason: text }),
    answers: { 201: json(refusal), 200: json(refusal) },
    problems: [
      'session-required',
      'not-mandated',
      'evidence-rejected',
      'release-not-for-this-registry',
      'release-already-imported',
    ],
  },
};

const judging: Record<string, Operation> = {
  'POST /verifications': {
    summary: 'Check an evidence bundle, trusting this registry and those it recognises.',
    body: 'EvidenceBundle',
    answers: { 200: json('Report') },
    problems: ['rate-limited'],
  },
  'POST /assessments': {
    summary: 'What rulesets say of a certificate on a governing date, clause by clause.',
    body: object(
      {
        certificate: text,
        bundle,
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
    problems: ['ruleset-not-in-force', 'malformed-bundle', 'evidence-rejected', 'rate-limited'],
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
  'GET /': {
    summary: 'Where to go from here: the page for a browser, else the public addresses.',
    answers: { 200: json(record), 302: bytes('text/html', 'To /docs, for a browser.') },
  },
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
  ...LOG_OPERATIONS,
  ...sessions,
  ...about,
};
