import { bytes, count, json, list, object, ref, text, type Operation } from './operation.js';

const checkpoint = bytes('text/plain', 'A C2SP tlog-checkpoint: signed note.');

const signedCheckpoints: Record<string, Operation> = {
  'GET /checkpoints': {
    summary: 'Every checkpoint ever signed, by growing tree size, in pages.',
    query: { from: count },
    answers: {
      200: json(object({ checkpoints: list(text), next: { type: ['integer', 'null'] } })),
    },
    problems: ['invalid-request'],
  },
  'GET /checkpoints/:size': {
    summary: 'The checkpoint that was signed for a tree of that size.',
    answers: { 200: checkpoint },
    problems: ['not-found', 'invalid-request'],
  },
};

const treeProofs: Record<string, Operation> = {
  'GET /inclusion': {
    summary: 'That an entry is in the tree of a size, signed or not: hashes of RFC 6962 §2.1.1.',
    query: { index: count, size: count },
    answers: {
      200: json(object({ index: count, treeSize: count, leafHash: text, hashes: list(text) })),
    },
    problems: ['invalid-request', 'invalid-log-path', 'not-found'],
  },
  'GET /consistency': {
    summary: 'That the tree of one size is the beginning of another: hashes of RFC 6962 §2.1.2.',
    query: { from: count, to: count },
    answers: { 200: json(object({ from: count, to: count, hashes: list(text) })) },
    problems: ['invalid-request', 'invalid-log-path', 'not-found'],
  },
};

/** The logs for all the world, and this registry as a witness of others (C2SP tlog-tiles, tlog-witness). */
export const LOG_OPERATIONS: Readonly<Record<string, Operation>> = {
  ...logUnder('/log', ''),
  'GET /logs': {
    summary: 'The logs that this registry keeps, the oldest first: each is frozen but the last.',
    answers: {
      200: json(
        list(
          object({
            origin: text,
            path: text,
            logKeys: list(ref('VerifierKey')),
            treeSize: count,
            predecessor: { type: ['string', 'null'] },
            successor: { type: ['string', 'null'] },
          }),
        ),
      ),
    },
  },
  ...logUnder('/logs/:log', ' Of the log whose origin has this SHA-256.'),
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

/** The operations on one log under its prefix; `which` says which it is, where it is named. */
function logUnder(prefix: string, which: string): Record<string, Operation> {
  const operations: Record<string, Operation> = {
    'GET /checkpoint': { summary: 'The newest checkpoint.', answers: { 200: checkpoint } },
    'GET /keys': {
      summary: 'The statements that name the log’s keys, and the log before: genesis, rotations.',
      answers: {
        200: json(
          object({
            origin: text,
            successor: { type: ['string', 'null'] },
            statements: list(object({ index: count, statement: text })),
          }),
        ),
      },
    },
    'GET /tile/*': {
      summary:
        'A hash tile `{L}/{N}[.p/{W}]` or an entry bundle `entries/{N}[.p/{W}]` (C2SP tlog-tiles).',
      answers: { 200: bytes('application/octet-stream', 'A tile, verbatim.') },
      problems: ['invalid-log-path', 'not-found'],
    },
    ...signedCheckpoints,
    ...treeProofs,
    ...entryProofs('/entries/:index', 'An entry'),
    ...entryProofs('/entries/by-digest/:digest', 'The entry of a statement'),
  };
  return Object.fromEntries(
    Object.entries(operations).map(([route, operation]) => [
      route.replace('GET ', `GET ${prefix}`),
      { ...operation, summary: `${operation.summary}${which}` },
    ]),
  );
}

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
