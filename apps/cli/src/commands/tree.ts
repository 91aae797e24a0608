import { base64 } from '@scure/base';
import type { Command } from 'commander';
import { indexDisclosures, openWith, parseJson, type EvidenceBundle } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { certificateOf, parseBundle } from '#lib/verification';
import { drawTree } from '../draw-tree.js';
import { readBytes } from '../files.js';

/** `lodestone tree FILE`: from the certified batch to the mines, as the certificate tells it. */
export function addTreeCommand(program: Command): void {
  program
    .command('tree <bundle>')
    .description(
      'draw what a certified batch was made from, up to the mines, with the place of each ' +
        'statement in its log; believe it once `lodestone verify` accepts the file',
    )
    .option('--json', 'print the certificate’s facts as one JSON object')
    .action((file: string, { json }: { json?: boolean }) => {
      const bytes = readBytes(file);
      const facts = certificateOf(nodeCrypto.sha256, bytes).credentialSubject;
      const nameOf = namesIn(parseBundle(bytes));
      console.log(json ? JSON.stringify(facts) : drawTree(facts, nameOf).join('\n'));
    });
}

/** Parties by the names under which they were registered; a DID stands for one that is not told. */
function namesIn({ records, disclosures }: EvidenceBundle): (did: string) => string {
  const names = new Map<string, string>();
  const secrets = indexDisclosures(nodeCrypto.sha256, disclosures);
  for (const { statement } of records) {
    const opened = openWith(parseJson(base64.decode(statement)), secrets);
    const { type, credentialSubject } = opened as unknown as {
      type: string[];
      credentialSubject: { id: string; name: unknown };
    };
    const { id, name } = credentialSubject;
    if (type[1] === 'PartyRegistration' && typeof name === 'string') names.set(id, name);
  }
  return (did) => names.get(did) ?? did;
}
