import { gzipSync } from 'node:zlib';
import { canonicalBytes, type EvidenceBundle } from '#lib/documents';
import { journey, magnetBundle } from '../support/evidence.js';

/** A request made to hurt. */
export interface HostileRequest {
  story: string;
  method: 'GET' | 'POST';
  path: string;
  body?: Uint8Array;
  headers?: Record<string, string>;
}

const bytes = (text: string) => Buffer.from(text);
const JSON_TYPE = { 'content-type': 'application/json' };

/** Bodies for every door that reads JSON, small ones: what is large is `LARGE_BODIES`. */
const JSON_BODIES: Record<string, Uint8Array> = {
  nothing: bytes(''),
  'an array in 100,000 arrays': bytes('['.repeat(100_000) + ']'.repeat(100_000)),
  'an object in 50,000 objects': bytes('{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000)),
  'an array that never ends': bytes('['.repeat(60_000)),
  'one name twice': bytes('{"statement":{},"statement":{}}'),
  'one name twice, once escaped': bytes('{"a":1,"\\u0061":2}'),
  'a prototype': bytes('{"__proto__":{"accepted":true},"constructor":{"prototype":{"a":1}}}'),
  'a number beyond all doubles': bytes('{"a":1e400}'),
  'a number of 60,000 digits': bytes(`{"a":${'9'.repeat(60_000)}}`),
  'minus zero and 2^53+1': bytes('[-0,9007199254740993]'),
  'half a surrogate pair': bytes('{"a":"\\ud800"}'),
  'bytes that are not UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xc0, 0xaf, 0x22, 0x7d]),
  'a byte order mark': bytes('\ufeff{}'),
  'a NUL': bytes('{"a":"\\u0000"}'),
  'a body after the body': bytes('{}{}'),
  'ten thousand names': bytes(
    JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`n${i}`, i]))),
  ),
  'ten thousand disclosures': bytes(
    JSON.stringify({
      disclosures: Array.from({ length: 1_500 }, () => ({ salt: 'A'.repeat(22), value: 1 })),
      statement: {},
    }),
  ),
  'a proof set of two thousand': bytes(
    JSON.stringify({
      disclosures: [],
      statement: { proof: Array(2_000).fill({ type: 'DataIntegrityProof' }), type: ['a', 'b'] },
    }),
  ),
};

/** Bodies of many megabytes, for the doors that take bundles. */
const LARGE_BODIES: Record<string, Uint8Array> = {
  'three million zeros': bytes(`[${'0,'.repeat(3_000_000)}0]`),
  'a million names': bytes(
    `{${Array.from({ length: 1_000_000 }, (_, i) => `"n${i}":0`).join(',')}}`,
  ),
  'one string of 30 MB': bytes(`{"a":"${'x'.repeat(30 * 2 ** 20)}"}`),
  'a million empty objects': bytes(`[${'{},'.repeat(1_000_000)}{}]`),
};

const NOTE = '— a.example/log AAAAAAAAAAAA\n';

/** Bodies for the door of the witness. */
const NOTE_BODIES: Record<string, Uint8Array> = {
  nothing: bytes(''),
  'no empty line': bytes('old 0\nx'),
  'an old size of 2^64': bytes(
    `old ${2n ** 64n}\n\na.example/log\n1\n${'A'.repeat(43)}=\n\n${NOTE}`,
  ),
  'a size with a leading zero': bytes(`old 00\n\na.example/log\n01\n\n\n${NOTE}`),
  'sixty thousand empty lines': bytes('\n'.repeat(60_000)),
  'two thousand proof lines': bytes(`old 1\n${`${'A'.repeat(43)}=\n`.repeat(1_400)}\n\n`),
  'a thousand signatures': bytes(
    `old 0\n\na.example/log\n1\n${'A'.repeat(43)}=\n\n${NOTE.repeat(1_000)}`,
  ),
  'control characters': bytes('old 0\r\n\u0007\r\n'),
  'bytes that are not UTF-8': Buffer.alloc(60_000, 0xff),
};

const PATHS = [
  '/log/tile/0/x999/x999/x999/x999/999',
  '/log/tile/0/000.p/256',
  '/log/tile/64/000',
  '/log/tile/entries/999.p/0',
  '/log/tile/..%2f..%2f..%2fetc%2fpasswd',
  '/log/inclusion?index=-1&size=1e9',
  '/log/inclusion?index=9007199254740993&size=9007199254740993',
  '/log/inclusion?index[]=1&index[]=2&size=1',
  '/log/consistency?from=1&to=99999999999999999999',
  '/log/entries/999999999999999/proof?size=0',
  `/log/entries/by-digest/${'f'.repeat(64)}/proof`,
  '/log/entries/by-digest/%00/proof',
  '/log/checkpoints?from=9999999999999999',
  '/log/checkpoints/-1',
  `/statements/${'%F0%9F'.repeat(200)}`,
  `/batches/${'a'.repeat(5_000)}`,
  `/batches/${encodeURIComponent("'; DROP TABLE entry; --")}`,
  '/parties/did:key:z%00',
  '/rulesets/__proto__/constructor',
  '/problems/toString',
  '/status/__proto__',
  '/witness/not-a-hash/checkpoint',
];

const HEADERS: Record<string, Record<string, string>> = {
  'a token that is none': { authorization: `Bearer ${'e30.'.repeat(2_000)}` },
  'a scheme that is none': { authorization: '\u00ff'.repeat(300) },
  'a header of 40 kB': { 'x-large': 'x'.repeat(40_000) },
  'a request id of its own': { 'x-request-id': '../../etc', 'request-id': '<script>' },
  'a hundred tags': { 'if-none-match': '"a", '.repeat(1_000) },
};

/** A bundle of 8,000 statements, each of them genuine, in 28 MB; and the bodies that enclose it. */
async function longBundles(): Promise<Record<string, Record<string, Uint8Array>>> {
  const text = Buffer.from(await magnetBundle(await journey())).toString();
  const genuine = JSON.parse(text) as EvidenceBundle;
  const records = Array.from({ length: 8_000 }, (_, i) => {
    return genuine.records[i % genuine.records.length]!;
  });
  const bundle = { ...genuine, records };
  const bytes = canonicalBytes(bundle);
  const story = 'a bundle of eight thousand statements';
  const governing = { date: '2026-01-01', basis: 'delivery' };
  return {
    verifications: { [story]: bytes },
    assessments: { [story]: canonicalBytes({ bundle, governing }) },
    imports: { [story]: canonicalBytes({ bundle, disclosures: [], statement: {} }) },
  };
}

/** Every hostile request, and the large ones apart: few of those go at the same time. */
export async function hostileRequests(): Promise<{
  small: HostileRequest[];
  large: HostileRequest[];
}> {
  const doors = ['statements', 'certificates', 'imports', 'verifications', 'assessments'];
  const post = (path: string, bodies: Record<string, Uint8Array>, headers = JSON_TYPE) =>
    Object.entries(bodies).map(([story, body]): HostileRequest => ({
      story,
      method: 'POST',
      path,
      body,
      headers,
    }));
  const get = (path: string, headers?: Record<string, string>): HostileRequest => ({
    story: path,
    method: 'GET',
    path,
    ...(headers ? { headers } : {}),
  });
  const long = await longBundles();
  const bomb = { 'a bomb in gzip': gzipSync(Buffer.alloc(20 * 2 ** 20)) };
  const packed = { ...JSON_TYPE, 'content-encoding': 'gzip' };
  return {
    small: [
      ...[...doors, 'sessions'].flatMap((door) => post(`/${door}`, JSON_BODIES)),
      ...post('/witness/add-checkpoint', NOTE_BODIES, { 'content-type': 'text/plain' }),
      ...post('/statements', bomb, packed),
      ...PATHS.map((path) => get(path)),
      ...Object.entries(HEADERS).map(([story, headers]) => ({
        ...get('/trust.json', headers),
        story,
      })),
    ],
    large: ['statements', 'verifications', 'imports', 'assessments'].flatMap((door) =>
      post(`/${door}`, { ...LARGE_BODIES, ...long[door] }),
    ),
  };
}
