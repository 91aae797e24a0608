import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { verifyProof, verifyStatement, type KeyResolver } from '#lib/credentials';
import { parsePublicKey, parseVerificationMethod } from '#lib/credentials';
import { canonicalBytes, parseStatement, type Proof, type Statement } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';

const { sha256 } = nodeCrypto;
const STATEMENTS = path.join(__dirname, '../vectors/statements');
const golden = readdirSync(STATEMENTS)
  .map((name) => JSON.parse(readFileSync(path.join(STATEMENTS, name), 'utf8')) as Statement)
  .filter(({ proof }) => proof !== undefined);

const keyInItsName: KeyResolver = (id) => parsePublicKey(parseVerificationMethod(id).fragment);

/** What becomes of a statement read from its bytes, by its bytes and by definition. */
async function verdicts(statement: object): Promise<[unknown, unknown]> {
  const parsed = parseStatement(sha256, canonicalBytes(statement));
  return Promise.all(
    [
      verifyStatement(nodeCrypto, parsed, keyInItsName),
      verifyProof(nodeCrypto, parsed.statement, keyInItsName),
    ].map((verdict) =>
      verdict.catch((error: { problem?: string; pointer?: string; details?: object }) => {
        const { problem, pointer, details } = error;
        return { problem, pointer, details };
      }),
    ),
  ) as Promise<[unknown, unknown]>;
}

describe('a statement verified by its exact bytes', () => {
  it.each(golden.map((statement) => [statement.type[1], statement] as const))(
    'has the signers that it has by definition: %s',
    async (_type, statement) => {
      const [ours, definition] = await verdicts(statement);
      expect(ours).toEqual(definition);
      expect(ours).toContainEqual(expect.objectContaining({ did: expect.any(String) as string }));
    },
  );

  const [assay] = golden.filter(({ type }) => type[1] === 'Assay');
  const [signed] = golden.filter(({ proof }) => Array.isArray(proof));
  const proofOf = ({ proof }: Statement) => [proof].flat()[0] as Proof;
  const invalid = (pointer: string) => ({ problem: 'proof-invalid', pointer });

  it.each<[string, object, string]>([
    ['whose date was moved', { ...assay, validFrom: '2020-01-01T00:00:00Z' }, '/proof'],
    ['that was given a name', { ...assay, id: 'urn:x:y' }, '/proof'],
    [
      'whose proof is said to be older',
      { ...assay, proof: { ...proofOf(assay!), created: '2020-01-01T00:00:00Z' } },
      '/proof',
    ],
    [
      'whose proof is made for something else',
      { ...assay, proof: { ...proofOf(assay!), proofPurpose: 'authentication' } },
      '/proof/proofPurpose',
    ],
    ['with a proof that is another statement’s', { ...assay, proof: proofOf(signed!) }, '/proof'],
    [
      'with a proof set that has a stranger’s proof in it',
      { ...signed, proof: [proofOf(signed!), proofOf(assay!)] },
      '/proof/1',
    ],
    [
      'with one proof twice',
      { ...signed, proof: [proofOf(signed!), proofOf(signed!)] },
      '/proof/1',
    ],
  ])('is refused as it is by definition: one %s', async (_what, statement, pointer) => {
    const [ours, definition] = await verdicts(statement);
    expect(ours).toEqual(definition);
    expect(ours).toMatchObject(invalid(pointer));
  });

  it('is refused when the bytes are those of another, whatever the statement says', async () => {
    const parsed = parseStatement(sha256, canonicalBytes(assay));
    const bytes = canonicalBytes({ ...assay, validFrom: '2020-01-01T00:00:00Z' });
    await expect(
      verifyStatement(nodeCrypto, { ...parsed, bytes }, keyInItsName),
    ).rejects.toMatchObject(invalid('/proof'));
  });
});
