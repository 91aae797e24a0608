import type { Command } from 'commander';
import { checkStatement, statementTypeOf, type Json } from '#lib/documents';
import { readKeyFile, signerOf } from '#lib/keys';
import {
  blind,
  draftStatement,
  formatDraft,
  signDraft,
  type Draft,
  type DraftStatement,
} from '../draft.js';
import { readBytes, readJson, writeBytes } from '../files.js';
import { RegistryClient, type Receipt } from '../registry-client.js';

/** The default registry of every command that speaks to one. */
export const DEFAULT_REGISTRY = process.env.LODESTONE_REGISTRY ?? 'http://localhost:3000';

const STANDARD_INPUT = '-';

/** `draft`, `sign` and `submit`: how a party speaks. Signing needs no network; submitting no key. */
export function addStatementCommands(program: Command): void {
  addDrafting(program);
  program
    .command('sign [draft]')
    .description(
      'sign a draft with one key or several; each adds its proof to the proof set. Reads standard ' +
        'input without [draft]; refuses what does not match its schema before anybody sees it',
    )
    .requiredOption('--key <file...>', 'key files of the signers')
    .option('--out <file>', 'where to write; standard output by default')
    .action(sign);
  program
    .command('submit [file]')
    .description(
      'submit a signed statement; prints its receipt. Reads standard input without [file]. The ' +
        'same statement again gets the same receipt',
    )
    .option('--registry <url>', 'the registry', DEFAULT_REGISTRY)
    .option('--json', 'print the receipt as one JSON object')
    .action(submit);
}

function addDrafting(program: Command): void {
  program
    .command('draft <type>')
    .description(
      'draft a statement about a subject. Types: ' +
        'FacilityRegistration, Accreditation, Intake, OriginDeclaration, MakeEvent, HandoverOffer, ' +
        'HandoverAnswer, Assay, StatusChange, Release, ImportRefusal, Recognition, …',
    )
    .requiredOption('--key <file>', 'the issuer’s key file')
    .requiredOption('--subject <file>', 'JSON of the credentialSubject; - reads standard input')
    .option('--blind <pointer...>', 'JSON Pointers of values to blind, e.g. /credentialSubject/lot')
    .option('--out <file>', 'where to write; standard output by default')
    .action(draft);
  program
    .command('draft-party')
    .description('draft the statement by which an authority admits a party')
    .requiredOption('--key <file>', 'the party’s key file')
    .requiredOption('--authority <file>', 'the authority’s key file')
    .requiredOption('--name <name>', 'the party’s name')
    .requiredOption('--country <code>', 'ISO 3166-1 alpha-2')
    .requiredOption('--role <role...>', 'processor, laboratory, carrier, buyer, auditor …')
    .option('--out <file>', 'where to write; standard output by default')
    .action(draftParty);
}

interface DraftOptions {
  key: string;
  subject: string;
  blind?: string[];
  out?: string;
}

function draft(type: string, options: DraftOptions): void {
  statementTypeOf({ type: ['VerifiableCredential', type] });
  const issuer = signerOf(readKeyFile(options.key)).did;
  const subject = readJson(options.subject) as Record<string, Json>;
  writeDraft(blind(draftStatement(type, issuer, subject), options.blind ?? []), options.out);
}

interface PartyOptions {
  key: string;
  authority: string;
  name: string;
  country: string;
  role: string[];
  out?: string;
}

function draftParty({ key, authority, out, name, country, role }: PartyOptions): void {
  const { did, publicKeyMultibase } = signerOf(readKeyFile(key));
  const subject = { id: did, name, country, roles: role, keys: [publicKeyMultibase] };
  const issuer = signerOf(readKeyFile(authority)).did;
  const statement = draftStatement('PartyRegistration', issuer, subject);
  writeDraft({ disclosures: [], statement }, out);
}

async function sign(file: string | undefined, options: { key: string[]; out?: string }) {
  const signers = options.key.map((each) => signerOf(readKeyFile(each)));
  const signed = await signDraft(parseDraft(readJson(file ?? STANDARD_INPUT)), signers);
  checkStatement(signed.statement);
  writeDraft(signed, options.out);
}

async function submit(file: string | undefined, options: { registry: string; json?: boolean }) {
  const registry = new RegistryClient(options.registry);
  const receipt = await registry.post<Receipt>('/statements', readBytes(file ?? STANDARD_INPUT));
  console.log(options.json ? JSON.stringify(receipt) : describeReceipt(receipt));
}

/** A receipt for people: where the statement stands and what proves it. */
export function describeReceipt(receipt: Receipt): string {
  return [
    `recorded   ${receipt.origin}#${receipt.index} at ${receipt.recordedAt}`,
    `statement  ${receipt.digest}`,
    '',
    receipt.proof.trimEnd(),
  ].join('\n');
}

/** A draft file holds {disclosures, statement}, or a bare statement. */
function parseDraft(json: Json): Draft {
  const object = json as unknown as Partial<Draft> & DraftStatement;
  return object.statement
    ? { disclosures: object.disclosures ?? [], statement: object.statement }
    : { disclosures: [], statement: object };
}

function writeDraft(draft: Draft, out?: string): void {
  writeBytes(formatDraft(draft), out);
}
