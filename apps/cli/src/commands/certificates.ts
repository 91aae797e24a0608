import type { Command } from 'commander';
import { canonicalBytes, parseJson, type Assessment } from '#lib/documents';
import { readKeyFile, signerOf } from '#lib/keys';
import { describeVerdict } from '../describe-verdict.js';
import { signDraft } from '../draft.js';
import { readBytes, writeBytes } from '../files.js';
import { draftImport, type ImportOptions } from '../import-draft.js';
import { RegistryClient, type Receipt } from '../registry-client.js';
import { openSession } from '../session.js';
import { DEFAULT_REGISTRY, describeReceipt } from './statements.js';

/** `certify`, `bundle`, `assess` and `import`: the certificate's road from issue to acceptance. */
export function addCertificateCommands(program: Command): void {
  program
    .command('certify <batch>')
    .description('ask the registry for a batch’s certificate; prints its id')
    .requiredOption('--key <file>', 'key file of the batch’s custodian or owner')
    .option('--supersedes <certificate>', 'the live certificate that this one replaces')
    .option('--registry <url>', 'the registry', DEFAULT_REGISTRY)
    .action(
      async (batch: string, options: { key: string; supersedes?: string; registry: string }) => {
        const registry = await openSession(
          new RegistryClient(options.registry),
          signerOf(readKeyFile(options.key)),
        );
        const body = {
          batch,
          ...(options.supersedes === undefined ? {} : { supersedes: options.supersedes }),
        };
        const { certificate } = await registry.post<{ certificate: { id: string } }>(
          '/certificates',
          body,
        );
        console.log(certificate.id);
      },
    );
  program
    .command('bundle <certificate>')
    .description('fetch the evidence bundle of a certificate: one file that proves it offline')
    .option('--registry <url>', 'the registry', DEFAULT_REGISTRY)
    .option('--out <file>', 'where to write; standard output by default')
    .action(async (certificate: string, options: { registry: string; out?: string }) => {
      const registry = new RegistryClient(options.registry);
      writeBytes(
        await registry.bytes(`/certificates/${encodeURIComponent(certificate)}/bundle`),
        options.out,
      );
    });
  program
    .command('assess <bundle>')
    .description('ask a registry what its rulesets say about a bundle on a governing date')
    .requiredOption('--date <date>', 'the governing date, YYYY-MM-DD')
    .option('--basis <basis>', 'delivery, contract or solicitation', 'delivery')
    .option('--ruleset <id...>', 'rulesets to apply; all in force by default')
    .option('--registry <url>', 'the registry', DEFAULT_REGISTRY)
    .option('--json', 'print the assessment as one JSON object')
    .action(assess);
  program
    .command('import <bundle>')
    .description('bring a released batch into this registry under a recognition')
    .requiredOption('--key <file>', 'key file of the importer that the release names')
    .requiredOption('--batch <name>', 'the batch’s new local name')
    .requiredOption('--recognition <id>', 'the recognition under which it is accepted')
    .option('--facility <id>', 'the facility that receives it')
    .option('--received-at <time>', 'RFC 3339 date-time', new Date().toISOString())
    .option('--registry <url>', 'the registry', DEFAULT_REGISTRY)
    .action(importBundle);
}

interface AssessOptions {
  date: string;
  basis: string;
  ruleset?: string[];
  registry: string;
  json?: boolean;
}

async function assess(file: string, options: AssessOptions): Promise<void> {
  const assessment = await new RegistryClient(options.registry).post<Assessment>('/assessments', {
    bundle: parseJson(readBytes(file)),
    governing: { date: options.date, basis: options.basis },
    ...(options.ruleset === undefined ? {} : { rulesets: options.ruleset.map((id) => ({ id })) }),
  });
  if (options.json) return console.log(JSON.stringify(assessment));
  for (const result of assessment.results)
    console.log(describeVerdict(result, options.date).join('\n'));
}

async function importBundle(
  file: string,
  options: Omit<ImportOptions, 'importer'> & { key: string; registry: string },
): Promise<void> {
  const bundle = readBytes(file);
  const importer = signerOf(readKeyFile(options.key));
  const draft = draftImport(bundle, {
    ...options,
    importer: importer.did,
    batch: `${importer.did}/batches/${options.batch}`,
  });
  const body = canonicalBytes({
    ...(await signDraft(draft, [importer])),
    bundle: parseJson(bundle),
  });
  console.log(
    describeReceipt(await new RegistryClient(options.registry).post<Receipt>('/imports', body)),
  );
}
