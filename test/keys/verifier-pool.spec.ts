import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { registryDidDocument } from '#lib/credentials';
import { canonicalBytes, parseSubmission, statementIdentity } from '#lib/documents';
import { generateKey, nodeCrypto, signerOf, VerifierPool, type KeySigner } from '#lib/keys';
import { compileLibs } from '../support/compiled-libs.js';
import { aParty, signedBy } from '../support/signing.js';

const faulty = pathToFileURL(path.resolve('test/support/faulty-verification-worker.mjs'));
const folder = path.resolve(`.data/verifier-pool-${process.pid}`);
const compiled = path.join(folder, 'libs/keys/src/verification-worker.js');
const party = aParty();
const text = (words: string) => new TextEncoder().encode(words);
const pools: VerifierPool[] = [];

beforeAll(() => compileLibs(folder));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function aPool(options: ConstructorParameters<typeof VerifierPool>[0] = {}): VerifierPool {
  const pool = new VerifierPool(options);
  pools.push(pool);
  return pool;
}
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

const ask = (pool: VerifierPool, words: string) =>
  pool.verifyEd25519(party.publicKey, text(words), party.sign(text(words)));

describe('a pool whose threads fail', () => {
  it('fails only the batch of the thread that died, and goes on with another thread', async () => {
    const pool = aPool({ workerUrl: faulty, workers: 1, batchSize: 2 });
    const answers = await Promise.allSettled(
      ['yes', 'no', 'die', 'yes', 'yes', 'no'].map((words) => ask(pool, words)),
    );
    expect(answers.map((answer) => ('value' in answer ? answer.value : 'failed'))).toEqual([
      true,
      false,
      'failed',
      'failed',
      true,
      false,
    ]);
    expect(await ask(pool, 'yes')).toBe(true);
  });

  it('says why in the cause of the failure', async () => {
    const pool = aPool({ workerUrl: faulty });
    await expect(ask(pool, 'die')).rejects.toMatchObject({ cause: { message: 'out of memory' } });
  });

  it('grows to the threads it may have, and no further', async () => {
    const pool = aPool({ workerUrl: faulty, workers: 2, batchSize: 4 });
    expect(pool.threads).toBe(0);
    await Promise.all(Array.from({ length: 40 }, () => ask(pool, 'yes')));
    expect(pool.threads).toBe(2);
  });

  it('refuses further work when too much waits, and takes it again later', async () => {
    const pool = aPool({ workerUrl: faulty, workers: 1, queueLimit: 3 });
    const taken = [1, 2, 3].map(() => ask(pool, 'yes'));
    await expect(ask(pool, 'yes')).rejects.toMatchObject({ problem: 'overloaded', status: 503 });
    expect(await Promise.all(taken)).toEqual([true, true, true]);
    expect(await ask(pool, 'yes')).toBe(true);
    expect(pool.pending).toBe(0);
  });

  it('finishes what it took before it closes, and takes nothing after', async () => {
    const pool = aPool({ workerUrl: faulty, workers: 1, batchSize: 1 });
    const taken = [1, 2, 3].map(() => ask(pool, 'yes'));
    await pool.close();
    expect(await Promise.all(taken)).toEqual([true, true, true]);
    await expect(ask(pool, 'yes')).rejects.toThrow('closed');
    await expect(pool.close()).resolves.toBeUndefined();
  });
});

/** The golden recognition of test/vectors, as this party would submit it. */
async function aBody(signer: KeySigner): Promise<Uint8Array> {
  const golden = JSON.parse(
    fs.readFileSync('test/vectors/statements/recognition.json', 'utf8'),
  ) as Record<string, unknown>;
  const { proof: _, ...unsigned } = golden;
  const statement = await signedBy({ ...unsigned, issuer: signer.did }, signer);
  return canonicalBytes({ disclosures: [], statement });
}

describe.each([
  ['threads of the compiled worker', { workerUrl: pathToFileURL(compiled), workers: 2 }, 1],
  ['the main thread, when there is no compiled worker', {}, 0],
])('verification on %s', (_where, options, threads) => {
  it('gives the verdicts of node:crypto', async () => {
    const pool = aPool(options);
    const message = text('500 kg');
    const spoilt = party.sign(message).map((byte, i) => (i === 40 ? byte ^ 1 : byte));
    expect(await pool.verifyEd25519(party.publicKey, message, party.sign(message))).toBe(true);
    expect(await pool.verifyEd25519(party.publicKey, message, spoilt)).toBe(false);
    expect(await pool.verifyEd25519(new Uint8Array(32), message, spoilt)).toBe(false);
    expect(pool.sha256(message)).toEqual(nodeCrypto.sha256(message));
    expect(pool.threads).toBe(threads);
  });

  it('reads a submission whole: statement, digest, signers, identity', async () => {
    const body = await aBody(party);
    const { submission, signers, identity } = await aPool(options).readSubmission(body);
    const parsed = parseSubmission(nodeCrypto.sha256, body);
    expect(submission).toEqual(parsed);
    expect(signers.map(({ did }) => did)).toEqual([party.did]);
    expect(identity).toBe(
      statementIdentity(nodeCrypto.sha256, parsed.statement, [party.publicKeyMultibase]),
    );
  });

  it('takes the keys of a registry from the DID documents that come with the work', async () => {
    const did = 'did:web:registry.example';
    const key = generateKey();
    const signer = signerOf(key, did);
    const unsigned = JSON.parse(new TextDecoder().decode(await aBody(party)));
    const statement = await signedBy(without(unsigned.statement, 'proof'), signer);
    const body = canonicalBytes({ disclosures: [], statement });
    const document = registryDidDocument(did, [{ publicKeyMultibase: key.publicKeyMultibase }]);
    const pool = aPool(options);
    const { signers } = await pool.readSubmission(body, [document]);
    expect(signers[0]!.verificationMethod).toBe(signer.verificationMethod);
    await expect(pool.readSubmission(body)).rejects.toMatchObject({ problem: 'proof-invalid' });
    const broken = pool.readSubmission(body, [null as never]);
    await expect(broken).rejects.toThrow('The work on another thread failed: TypeError');
  });

  it('refuses as the libraries do, with problem, pointer and remedy', async () => {
    const pool = aPool(options);
    const body = new TextDecoder().decode(await aBody(party));
    const forged = text(body.replace('"proofValue":"z', '"proofValue":"z2'));
    await expect(pool.readSubmission(forged)).rejects.toMatchObject({
      problem: 'proof-invalid',
      status: 422,
      pointer: '/proof',
    });
    await expect(pool.readSubmission(text('{'))).rejects.toMatchObject({
      problem: 'malformed-json',
    });
  });
});

function without(document: Record<string, unknown>, name: string): Record<string, unknown> {
  const { [name]: _, ...rest } = document;
  return rest;
}
