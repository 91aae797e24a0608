import type { Command } from 'commander';
import { canonicalBytes, parseJson } from '#lib/documents';
import { readKeyFile, signerOf } from '#lib/keys';
import { secondsNow, signDraft } from '../draft.js';
import { readBytes, writeBytes } from '../files.js';
import { draftImport, type ImportOptions } from '../import-draft.js';
import { RegistryClient, type Receipt } from '../registry-client.js';
import { openSession } from '../session.js';
import { DEFAULT_REGISTRY, describeReceipt } from './statements.js';

/** `certify`, `bundle` and `import`: the certificate's road from its issue to another registry. */
export function addCertificateCommands(program: Command): void {
  program
    .command('certify <batch>')
    .description('ask the registry for a batch’s certificate; prints its id')
    .requiredOption('--key <file>', 'key file of the batch’s custodian or owner')
    .option('--supersedes <certificate>', 'the live certificate that this one replaces')
    .option('--registry <url>', 'the registry', DEFAULT_REGISTRY)
    .option('--json', 'print the certificate and its receipt as one JSON object')
    .action(certify);
  program
    .command('bundle <certificate>')
    .description('fetch the evidence bundle of a certificate: one file that proves it offline')
    .option('--key <file>', 'key file of a party to the batch; without it, blinded values stay so')
    .option('--registry <url>', 'the registry', DEFAULT_REGISTRY)
    .option('--out <file>', 'where to write; standard output by default')
    .action(fetchBundle);
  program
    .command('import <bundle>')
    .description('bring a released batch into this registry under a recognition')
    .requiredOption('--key <file>', 'key file of the importer that the release names')
    .requiredOption('--batch <name>', 'the batch’s new local name')
    .requiredOption('--recognition <id>', 'the recognition under which it is accepted')
    .option('--facility <id>', 'the facility that receives it')
    .option('--received-at <time>', 'RFC 3339 date-time; now by default')
    .option('--registry <url>', 'the registry', DEFAULT_REGISTRY)
    .option('--json', 'print the receipt as one JSON object')
    .action(importBundle);
}

interface CertifyOptions {
  key: string;
  supersedes?: string;
  registry: string;
  json?: boolean;
}

async function certify(batch: string, options: CertifyOptions): Promise<void> {
  const { key, supersedes, registry, json } = options;
  const session = await openSession(new RegistryClient(registry), signerOf(readKeyFile(key)));
  const issued = await session.post<{ certificate: { id: string } }>('/certificates', {
    batch,
    ...(supersedes === undefined ? {} : { supersedes }),
  });
  console.log(json ? JSON.stringify(issued) : issued.certificate.id);
}

interface BundleOptions {
  key?: string;
  registry: string;
  out?: string;
}

async function fetchBundle(certificate: string, options: BundleOptions): Promise<void> {
  const { key, registry, out } = options;
  const reader = new RegistryClient(registry);
  const session =
    key === undefined ? reader : await openSession(reader, signerOf(readKeyFile(key)));
  const path = `/certificates/${encodeURIComponent(certificate)}/bundle`;
  writeBytes(await session.bytes(path), out);
}

interface ImportCommandOptions extends Omit<ImportOptions, 'importer' | 'receivedAt'> {
  key: string;
  receivedAt?: string;
  registry: string;
  json?: boolean;
}

async function importBundle(file: string, options: ImportCommandOptions): Promise<void> {
  const bundle = readBytes(file);
  const importer = signerOf(readKeyFile(options.key));
  const draft = draftImport(bundle, {
    importer: importer.did,
    batch: `${importer.did}/batches/${options.batch}`,
    recognition: options.recognition,
    receivedAt: options.receivedAt ?? secondsNow(),
    ...(options.facility === undefined ? {} : { facility: options.facility }),
  });
  const body = canonicalBytes({
    ...(await signDraft(draft, [importer])),
    bundle: parseJson(bundle),
  });
  const receipt = await new RegistryClient(options.registry).post<Receipt>('/imports', body);
  console.log(options.json ? JSON.stringify(receipt) : describeReceipt(receipt));
}
