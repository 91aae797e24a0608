import type { Command } from 'commander';
import { canonicalBytes, parseJson, type Json } from '#lib/documents';
import { readKeyFile, signerOf } from '#lib/keys';
import { readBytes, writeBytes } from '../files.js';
import { RegistryClient, type Receipt } from '../registry-client.js';
import { openSession } from '../session.js';
import { DEFAULT_REGISTRY, describeReceipt } from './statements.js';

interface DeclineOptions {
  key: string;
  reason: string;
  registry: string;
  out?: string;
  json?: boolean;
}

/** What POST /imports/refusals answers. */
interface Declined {
  statement: Json;
  disclosures: Json[];
  receipt: Receipt;
}

/** `lodestone decline FILE`: the destination says that it will not import what was released to it. */
export function addDeclineCommand(program: Command): void {
  program
    .command('decline <bundle>')
    .description(
      'decline, for good, to import a batch that was released to this registry. Writes the signed ' +
        'refusal, which anybody submits at the home registry to open the batch again',
    )
    .requiredOption('--key <file>', 'key file of the importer that the release names')
    .requiredOption('--reason <text>', 'why, in a sentence that everybody can read')
    .option('--registry <url>', 'the registry that the release names', DEFAULT_REGISTRY)
    .option('--out <file>', 'where to write the refusal; standard output by default')
    .option('--json', 'print the refusal and its receipt as one JSON object')
    .action(decline);
}

async function decline(file: string, options: DeclineOptions): Promise<void> {
  const { key, reason, registry, out, json } = options;
  const bundle = parseJson(readBytes(file));
  const session = await openSession(new RegistryClient(registry), signerOf(readKeyFile(key)));
  const declined = await session.post<Declined>('/imports/refusals', { bundle, reason });
  const { statement, disclosures, receipt } = declined;
  const submission = canonicalBytes({ disclosures, statement });
  if (out !== undefined) writeBytes(submission, out);
  if (json) console.log(JSON.stringify(declined));
  else if (out === undefined) writeBytes(submission);
  else console.log(describeReceipt(receipt));
}
