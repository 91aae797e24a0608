import * as fc from 'fast-check';
import {
  evaluateQuorum,
  formatTlogPolicy,
  formatVerifierKey,
  parseTlogPolicy,
  SIGNATURE_TYPES,
  verifierKey,
  type TlogPolicy,
} from '#lib/tlog';
import { Problem } from '#lib/problem';
import { problemOf } from './problems.js';
import { sha256 } from './reference.js';
import { signerOf, witnessOf } from './signers.js';

const log = formatVerifierKey(signerOf('log.example/a').key);
const [w1, w2, w3, w4, w5, w6] = [1, 2, 3, 4, 5, 6].map((n) =>
  formatVerifierKey(witnessOf(`witness.example/w${n}`).key),
) as [string, string, string, string, string, string];
const renamed = formatVerifierKey({
  ...verifierKey(
    sha256,
    'impostor.example',
    SIGNATURE_TYPES.cosignatureV1,
    witnessOf('witness.example/w1').key.publicKey,
  ),
});
const mlDsa = formatVerifierKey(
  verifierKey(sha256, 'pq.example', SIGNATURE_TYPES.mlDsa44, new Uint8Array(1312).fill(7)),
);

const parse = (text: string | Uint8Array): TlogPolicy => parseTlogPolicy(sha256, text);
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

const EXAMPLE = `# one group per jurisdiction
log ${log} https://log.example/

witness X1 ${w1}
witness X2 ${w2}
witness X3 ${w3}
group X-witnesses 2 X1 X2 X3

witness Y1 ${w4}
witness Y2 ${w5}\thttps://w5.example/
witness Y3 ${w6}
group Y-witnesses any Y1 Y2 Y3

 \t# the rule
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

describe('the example of the specification', () => {
  const policy = parse(EXAMPLE);

  test('is read as it is meant', () => {
    expect(policy.logs.map(({ url }) => url)).toEqual(['https://log.example/']);
    expect(policy.witnesses.map(({ name }) => name)).toEqual(['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3']);
    expect(policy.groups).toEqual([
      { name: 'X-witnesses', threshold: 2, members: ['X1', 'X2', 'X3'] },
      { name: 'Y-witnesses', threshold: 1, members: ['Y1', 'Y2', 'Y3'] },
      { name: 'X-and-Y', threshold: 2, members: ['X-witnesses', 'Y-witnesses'] },
    ]);
    expect(policy.quorum).toBe('X-and-Y');
    expect(parse(formatTlogPolicy(policy))).toEqual(policy);
  });

  test.each([
    [['X1', 'X3', 'Y2'], true],
    [['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'], true],
    [['X1', 'Y1', 'Y2', 'Y3'], false],
    [['X1', 'X2', 'X3'], false],
    [['X1', 'X1', 'Y1'], false],
    [['X-witnesses', 'Y-witnesses', 'X-and-Y'], false],
    [[], false],
  ])('cosigned by %p is satisfied: %p', (cosigners, satisfied) => {
    expect(evaluateQuorum(policy, cosigners).satisfied).toBe(satisfied);
  });

  test('names which witnesses and groups have witnessed', () => {
    expect(evaluateQuorum(policy, ['Y3', 'X2', 'X1', 'stranger'])).toEqual({
      satisfied: true,
      witnesses: ['X1', 'X2', 'Y3'],
      groups: ['X-witnesses', 'Y-witnesses', 'X-and-Y'],
    });
  });
});

describe('a policy', () => {
  test('may ask for no witness, for one, and need not name a log', () => {
    expect(parse('quorum none')).toEqual({
      logs: [],
      witnesses: [],
      groups: [],
      quorum: undefined,
    });
    expect(evaluateQuorum(parse('quorum none\n'), [])).toMatchObject({ satisfied: true });
    const one = parse(`witness w ${w1}\nquorum w\n`);
    expect(evaluateQuorum(one, ['w']).satisfied).toBe(true);
    expect(evaluateQuorum(one, []).satisfied).toBe(false);
  });

  test('may use its own keywords as names', () => {
    const policy = parse(
      `witness all ${w1}\nwitness any ${w2}\ngroup group 2 all any\nquorum group`,
    );
    expect(policy.groups).toEqual([{ name: 'group', threshold: 2, members: ['all', 'any'] }]);
  });

  test('takes names as octets: the Kelvin sign is no K, and stray octets are names too', () => {
    const policy = parse(
      new Uint8Array([
        ...new TextEncoder().encode(`witness K ${w1}\nwitness \u212a ${w2}\n`),
        ...latin1(`witness K\x80 ${w3}\ngroup g 2 K K\x80\nquorum g\n`),
      ]),
    );
    expect(new Set(policy.witnesses.map(({ name }) => name)).size).toBe(3);
    expect(parse(formatTlogPolicy(policy))).toEqual(policy);
  });

  test('holds far more than 32 logs, witnesses and groups', () => {
    const lines: string[] = [];
    for (let n = 0; n < 100; n++) {
      lines.push(`log ${formatVerifierKey(signerOf(`log.example/${n}`).key)}`);
      lines.push(`witness w${n} ${formatVerifierKey(witnessOf(`w.example/${n}`).key)}`);
      lines.push(n === 0 ? 'group g0 any w0' : `group g${n} all g${n - 1} w${n}`);
    }
    const policy = parse([...lines, 'quorum g99'].join('\n'));
    const all = policy.witnesses.map(({ name }) => name);
    expect(evaluateQuorum(policy, all).satisfied).toBe(true);
    expect(evaluateQuorum(policy, all.slice(1)).satisfied).toBe(false);
  });

  test('may name an ML-DSA-44 witness, which does not count yet', () => {
    const policy = parse(`log ${log}\nwitness pq ${mlDsa}\nquorum pq\n`);
    expect(policy.witnesses[0]!.key.type).toBe(SIGNATURE_TYPES.mlDsa44);
    expect(parse(formatTlogPolicy(policy))).toEqual(policy);
  });

  test('never grows stricter by one more cosignature', () => {
    const policy = parse(EXAMPLE);
    const names = policy.witnesses.map(({ name }) => name);
    fc.assert(
      fc.property(fc.subarray(names), fc.constantFrom(...names), (some, more) => {
        if (evaluateQuorum(policy, some).satisfied) {
          expect(evaluateQuorum(policy, [...some, more]).satisfied).toBe(true);
        }
      }),
    );
  });

  test.each([
    ['a control octet', 'quorum none\n\x01'],
    ['DEL', 'quorum none\n# \x7f'],
    ['CRLF', 'quorum none\r\n'],
    ['an unknown keyword', 'quibble w1\nquorum none\n'],
    ['a keyword in capitals', 'Quorum none\n'],
    ['a comment after a line', `witness w ${w1} https://w.example/ # comment\nquorum w\n`],
    ['a log without a key', 'log\nquorum none\n'],
    ['a log with garbage for a key', 'log garbage\nquorum none\n'],
    ['a log with a witness’s key', `log ${w1}\nquorum none\n`],
    ['a log twice', `log ${log}\nlog ${log} https://log.example/\nquorum none\n`],
    ['a witness without a key', 'witness w\nquorum none\n'],
    ['a witness with a log’s key', `witness w ${log}\nquorum w\n`],
    ['a witness named none', `witness none ${w1}\nquorum none\n`],
    ['one name twice', `witness w ${w1}\nwitness w ${w2}\nquorum w\n`],
    ['one key under two names', `witness a ${w1}\nwitness b ${renamed}\nquorum a\n`],
    ['a group named as a witness', `witness w ${w1}\ngroup w any w\nquorum w\n`],
    ['a group without members', `witness w ${w1}\ngroup g 1\nquorum w\n`],
    ['a group named none', `witness w ${w1}\ngroup none any w\nquorum none\n`],
    ['threshold 0', `witness w ${w1}\ngroup g 0 w\nquorum g\n`],
    ['a negative threshold', `witness w ${w1}\ngroup g -1 w\nquorum g\n`],
    ['a threshold with a leading zero', `witness w ${w1}\ngroup g 01 w\nquorum g\n`],
    ['a threshold above its members', `witness w ${w1}\ngroup g 2 w\nquorum g\n`],
    ['an unknown member', `witness w ${w1}\ngroup g any v\nquorum g\n`],
    ['a group that is its own member', `witness w ${w1}\ngroup g any w g\nquorum g\n`],
    ['a member defined later', `group g any w\nwitness w ${w1}\nquorum g\n`],
    ['none as a member', `witness w ${w1}\ngroup g any none w\nquorum g\n`],
    ['a member twice in a group', `witness w ${w1}\ngroup g all w w\nquorum g\n`],
    ['a member of two groups', `witness w ${w1}\ngroup g any w\ngroup h any w\nquorum g\n`],
    ['no quorum', `witness w ${w1}\n`],
    ['nothing', ''],
    ['two quorums', `witness w ${w1}\nquorum w\nquorum w\n`],
    ['a quorum of nobody', 'quorum unknown\n'],
    ['a quorum defined later', `quorum w\nwitness w ${w1}\n`],
    ['a quorum without a name', 'quorum\n'],
    ['a quorum of two names', `witness w ${w1}\nquorum w w\n`],
  ])('with %s is refused', (_what, text) => {
    expect(problemOf(() => parse(text))).toBe('malformed-policy');
  });

  test('of a quarter of a megabyte and more is refused', () => {
    expect(problemOf(() => parse(`# ${'a'.repeat(256 * 1024)}\nquorum none\n`))).toBe(
      'malformed-policy',
    );
  });

  test('names the line at fault', () => {
    try {
      parse(`log ${log}\n\nwitness w garbage\nquorum w\n`);
    } catch (error) {
      expect((error as Problem).details.detail).toMatch(/^Line 3: /);
    }
    expect.assertions(1);
  });
});
