import { base64 } from '@scure/base';
import { canonicalBytes, parseJson, toHex, type EvidenceBundle, type Json } from '#lib/documents';
import { generateKey, nodeCrypto, signerOf } from '#lib/keys';
import {
  formatTlogProof,
  parseCheckpoint,
  parseNote,
  parseTlogProof,
  SIGNATURE_TYPES,
  signCheckpoint,
  verifierKey,
} from '#lib/tlog';
import type { Report } from '#lib/verification';
import type { Fraud, FraudOutcome, Stage } from '../stage.js';

/** The certificate's mass is raised by a tenth in the file that the buyer receives. */
export const alteredCertificate: Fraud = {
  name: 'altered-certificate',
  title: 'An altered certificate',
  attempt: (stage) =>
    foundBy(stage, ['statement-signatures', 'entry-matches-statement'], (bundle) => {
      const record = bundle.records.find((each) => digestOf(each.statement) === bundle.certificate);
      if (!record) throw new Error('the bundle does not hold its certificate');
      const statement = parseJson(base64.decode(record.statement)) as Altered;
      statement.credentialSubject.quantity = { value: '616', unit: 'KGM', basis: 'net' };
      record.statement = base64.encode(canonicalBytes(statement));
      return { ...bundle, certificate: digestOf(record.statement) };
    }),
};

/** Every proof leads to a checkpoint with the right size and root, signed by somebody else's log. */
export const wrongLog: Fraud = {
  name: 'wrong-log-checkpoint',
  title: 'A bundle whose checkpoint is signed by the wrong log',
  attempt: (stage) =>
    foundBy(stage, ['checkpoint-signed'], (bundle) => {
      const { origin } = stage.us;
      const forger = signerOf(generateKey());
      const key = verifierKey(nodeCrypto.sha256, origin, SIGNATURE_TYPES.ed25519, forger.publicKey);
      const resign = (proof: string) => {
        const parsed = parseTlogProof(proof);
        const checkpoint = parseCheckpoint(parseNote(parsed.checkpoint).text);
        return formatTlogProof({
          ...parsed,
          checkpoint: signCheckpoint(checkpoint, { key, sign: forger.sign }),
        });
      };
      return {
        ...bundle,
        records: bundle.records.map((each) =>
          each.origin === origin ? { ...each, proof: resign(each.proof) } : each,
        ),
      };
    }),
};

type Altered = Json & { credentialSubject: Record<string, Json> };

/** Sends the altered bundle to POST /verifications: found when a check that must fail does fail. */
async function foundBy(
  { us, bundle }: Stage,
  expected: readonly string[],
  alter: (bundle: EvidenceBundle) => EvidenceBundle,
): Promise<Omit<FraudOutcome, 'name'>> {
  const altered = alter(parseJson(bundle) as unknown as EvidenceBundle);
  const report = await us.client.post<Report>('/verifications', canonicalBytes(altered));
  const failed = report.checks.filter(({ result }) => result === 'fail');
  const named = failed.find(({ name }) => expected.includes(name));
  return {
    refused: !report.accepted && named !== undefined,
    problem: named?.name ?? failed[0]?.name ?? 'none',
    detail: named?.detail ?? 'the report names no failed check that fits',
  };
}

function digestOf(statement: string): string {
  return toHex(nodeCrypto.sha256(base64.decode(statement)));
}
