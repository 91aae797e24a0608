import fs from 'node:fs';
import { nodeCrypto } from '#lib/keys';
import type { WitnessVerifiers } from '#lib/store';
import {
  formatNote,
  openCheckpoint,
  openNote,
  parseCheckpoint,
  parseNote,
  parseSignatureLines,
  parseTlogPolicy,
  SIGNATURE_TYPES,
  verifierKey,
} from '#lib/tlog';

/**
 * How an audit checks what the database holds of witnesses: by the keys in the registry's policy
 * file, and by the public key with which we cosign for others, when that is known. Lines and logs
 * under keys that the policy no longer names count for nobody, and are passed over. Undefined without
 * a policy file; throws `malformed-policy`.
 */
export function witnessVerifiers(
  policyFile: string,
  cosigner?: Uint8Array,
): WitnessVerifiers | undefined {
  if (!fs.existsSync(policyFile)) return undefined;
  const policy = parseTlogPolicy(nodeCrypto.sha256, fs.readFileSync(policyFile));
  const witnessKeys = policy.witnesses.map(({ key }) => key);
  const logKeys = policy.logs.map(({ key }) => key);
  return {
    async cosignature(checkpoint, witness, line) {
      const signatures = parseSignatureLines(`${line}\n`);
      if (signatures.some(({ name }) => name !== witness))
        throw new Error('The line is not its own.');
      const key = witnessKeys.find(
        ({ name, keyId }) => name === witness && signatures.some((each) => each.keyId === keyId),
      );
      if (!key) return;
      const { text } = parseNote(checkpoint);
      await openNote(nodeCrypto, formatNote({ text, signatures }), [key]);
    },
    async witnessed(note) {
      const said = parseCheckpoint(parseNote(note).text);
      if (!logKeys.some(({ name }) => name === said.origin)) return said;
      return (await openCheckpoint(nodeCrypto, note, logKeys)).checkpoint;
    },
    async cosigned(note) {
      if (cosigner) await requireCosigned(note, cosigner);
    },
  };
}

/** Throws unless the key has cosigned the note, under whichever name. */
async function requireCosigned(note: string, publicKey: Uint8Array): Promise<void> {
  const type = SIGNATURE_TYPES.cosignatureV1;
  const names = parseNote(note).signatures.map(({ name }) => name);
  const keys = names.map((name) => verifierKey(nodeCrypto.sha256, name, type, publicKey));
  await openNote(nodeCrypto, note, keys);
}
