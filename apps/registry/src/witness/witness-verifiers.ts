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
} from '#lib/tlog';

/**
 * How an audit checks what the database holds of witnesses: by the keys in the registry's policy
 * file. Lines and logs under keys that the policy no longer names count for nobody, and are passed
 * over. Undefined without a file; throws `malformed-policy`.
 */
export function witnessVerifiers(policyFile: string): WitnessVerifiers | undefined {
  if (!fs.existsSync(policyFile)) return undefined;
  const policy = parseTlogPolicy(nodeCrypto.sha256, fs.readFileSync(policyFile));
  const witnessKeys = policy.witnesses.map(({ key }) => key);
  const logKeys = policy.logs.map(({ key }) => key);
  return {
    async cosignature(checkpoint, witness, line) {
      const signatures = parseSignatureLines(`${line}\n`);
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
  };
}
