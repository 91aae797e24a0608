import type { Command } from 'commander';
import {
  checkDocument,
  type Assessment,
  type Certificate,
  type Json,
  type Opened,
} from '#lib/documents';
import { nodeCrypto, readKeyFile, signerOf } from '#lib/keys';
import { certificateOf, parseBundle } from '#lib/verification';
import { blind, draftStatement, formatDraft, secondsNow, signDraft } from '../draft.js';
import { readBytes, readJson } from '../files.js';
import { RegistryClient, type Receipt } from '../registry-client.js';
import { DEFAULT_REGISTRY, describeReceipt } from './statements.js';

interface AcceptOptions {
  key: string;
  assessment: string[];
  contract: string;
  line: string;
  refuse?: string;
  registry: string;
  json?: boolean;
}

/** `lodestone accept FILE`: the buyer's signed word on a delivery, bound to what it rested on. */
export function addAcceptCommand(program: Command): void {
  program
    .command('accept <bundle>')
    .description(
      'accept a delivery, or refuse it with --refuse, on its certificate and your assessments; ' +
        'contract and line stay blinded in the ledger',
    )
    .requiredOption('--key <file>', 'key file of the buyer, who holds the batch')
    .requiredOption('--assessment <file...>', 'what `lodestone assess --json` printed')
    .requiredOption('--contract <number>', 'the contract')
    .requiredOption('--line <line>', 'the line of the contract')
    .option('--refuse <reason>', 'refuse the delivery, for this reason')
    .option('--registry <url>', 'the registry', DEFAULT_REGISTRY)
    .option('--json', 'print the receipt as one JSON object')
    .action(accept);
}

async function accept(file: string, options: AcceptOptions): Promise<void> {
  const buyer = signerOf(readKeyFile(options.key));
  const statement = draftStatement('Acceptance', buyer.did, subjectOf(readBytes(file), options));
  const secrets = ['/credentialSubject/contract', '/credentialSubject/line'];
  const signed = await signDraft(blind(statement, secrets), [buyer]);
  const receipt = await new RegistryClient(options.registry).post<Receipt>(
    '/statements',
    formatDraft(signed),
  );
  console.log(options.json ? JSON.stringify(receipt) : describeReceipt(receipt));
}

function subjectOf(bundle: Uint8Array, options: AcceptOptions): Record<string, Json> {
  const certificate = certificateOf(nodeCrypto.sha256, bundle);
  const { id, quantity } = certificate.credentialSubject;
  if (certificate.id === undefined) throw new Error('the certificate in the bundle has no id');
  const assessments = options.assessment.map((file) => checkDocument('Assessment', readJson(file)));
  return {
    batch: id,
    certificate: certificate.id,
    answer: options.refuse === undefined ? 'accepted' : 'refused',
    ...(options.refuse === undefined ? {} : { reason: options.refuse }),
    quantity: quantity as unknown as Json,
    contract: options.contract,
    line: options.line,
    governing: { ...assessments[0]!.governing },
    assessments: assessments.flatMap(verdictsOf),
    recognitions: recognitionsIn(bundle, certificate),
    decidedAt: secondsNow(),
  };
}

/** Those of the certificate's own jurisdiction: by them its log took in what others certified. */
function recognitionsIn(
  bundle: Uint8Array,
  { issuer, credentialSubject }: Pick<Opened<Certificate>, 'issuer' | 'credentialSubject'>,
): string[] {
  const { registries } = parseBundle(bundle);
  const own = registries.filter(({ registry }) => registry === issuer).map(({ origin }) => origin);
  const here = credentialSubject.imports.filter(({ at }) => own.includes(at.origin));
  return [...new Set(here.map(({ recognition }) => recognition))];
}

function verdictsOf({ asOf, results }: Assessment): Json[] {
  return results.map(({ ruleset, version, digest, verdict }) => ({
    ruleset,
    version,
    digest,
    verdict,
    asOf: { ...asOf },
  }));
}
