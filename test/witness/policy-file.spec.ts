import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { generateKey, nodeCrypto, signerOf } from '#lib/keys';
import { formatVerifierKey, SIGNATURE_TYPES, verifierKey } from '#lib/tlog';
import { WitnessPolicy } from '../../apps/registry/src/witness/witness-policy.js';

const KEY = verifierKey(
  nodeCrypto.sha256,
  'example.com/log',
  SIGNATURE_TYPES.ed25519,
  signerOf(generateKey()).publicKey,
);
const LOG = `log ${formatVerifierKey(KEY)}`;

describe('a policy file that changes while the registry runs', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-policy-'));
  const file = path.join(folder, 'policy.txt');
  const silent = pino({ level: 'silent' });

  beforeEach(() => fs.rmSync(file, { force: true }));
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  it('is followed by everybody who asks, also by those who ask while it is being read', async () => {
    const policy = await WitnessPolicy.open(file, silent);
    fs.writeFileSync(file, `${LOG}\nquorum none\n`);
    const answers = await Promise.all(Array.from({ length: 8 }, () => policy.current()));
    expect(answers.map(({ logs }) => logs.length)).toEqual(Array.from({ length: 8 }, () => 1));
  });

  it('stays as it was when it cannot be read, and says why', async () => {
    fs.writeFileSync(file, `${LOG}\nquorum none\n`);
    const policy = await WitnessPolicy.open(file, silent);
    fs.writeFileSync(file, 'quorum of friends\n');
    expect((await policy.current()).logs).toHaveLength(1);
    expect(policy.problem).toContain(`The witness policy ${file} is not followed: `);
  });
});
