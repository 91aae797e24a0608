import type { Command } from 'commander';
import { checkDocument, parseJson, type Assessment, type Json } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { refuse } from '#lib/problem';
import { assessAll, type AssessmentContext } from '#lib/rules';
import { certificateOf, inspectBundle, parseBundle, parseTrust } from '#lib/verification';
import { describeVerdict } from '../describe-verdict.js';
import { readBytes, readJson } from '../files.js';
import { readDate } from '../judging-time.js';
import { RegistryClient } from '../registry-client.js';
import { chooseRulesets, readRulesets } from '../shipped-rulesets.js';
import { DEFAULT_REGISTRY } from './statements.js';

interface AssessOptions {
  date: string;
  basis: 'delivery' | 'contract' | 'solicitation';
  ruleset?: string[];
  claims?: string;
  trust?: string;
  rulesets?: string;
  registry: string;
  json?: boolean;
}

/** `lodestone assess FILE`: what the acceptor's own law says of what a bundle proves. */
export function addAssessCommand(program: Command): void {
  program
    .command('assess <bundle>')
    .description(
      'judge a bundle by rulesets on a governing date, clause by clause; offline with --trust, ' +
        'else by asking a registry. Exit 0 whatever the verdict: an answer is an answer',
    )
    .requiredOption('--date <date>', 'the governing date, YYYY-MM-DD')
    .option('--basis <basis>', 'whose date it is: delivery, contract or solicitation', 'delivery')
    .option('--ruleset <id...>', 'rulesets to apply; all in force by default')
    .option('--claims <file>', 'JSON of what you claim of your contract, for exceptions')
    .option('--trust <file>', 'verify and judge here, with no network, believing this trust file')
    .option('--rulesets <folder>', 'of --trust: rulesets in place of those that come along')
    .option('--registry <url>', 'the registry to ask without --trust', DEFAULT_REGISTRY)
    .option('--json', 'print the assessment as one JSON object')
    .action(async (file: string, options: AssessOptions) => {
      readDate('--date', options.date);
      const bundle = readBytes(file);
      const assessment = await (options.trust === undefined
        ? askRegistry(bundle, options)
        : assessHere(bundle, options.trust, options));
      if (options.json) return console.log(JSON.stringify(assessment));
      for (const result of assessment.results)
        console.log(describeVerdict(result, options.date).join('\n'));
    });
}

/** Facts that nobody proved are not judged: a verdict on them would be worth nothing. */
async function assessHere(
  bytes: Uint8Array,
  trustFile: string,
  options: AssessOptions,
): Promise<Assessment> {
  const { date, basis, ruleset, rulesets } = options;
  const trust = parseTrust(nodeCrypto.sha256, readBytes(trustFile));
  const { accepted, checks } = await inspectBundle(nodeCrypto, bytes, trust, {
    at: new Date().toISOString(),
  });
  const failed = checks.find(({ result }) => result === 'fail');
  if (!accepted)
    throw refuse('evidence-rejected', failed?.detail ?? 'The bundle was not accepted.', undefined, {
      remedy: 'Run `lodestone verify` on it: that shows every check.',
    });
  const certificate = {
    statement: certificateOf(nodeCrypto.sha256, bytes),
    digest: parseBundle(bytes).certificate,
  };
  const context: AssessmentContext = { governing: { date, basis }, ...claimsOf(options) };
  const chosen = chooseRulesets(readRulesets(rulesets), date, ruleset);
  const assessment = assessAll(nodeCrypto.sha256, chosen, certificate, context);
  return checkDocument('Assessment', assessment);
}

function askRegistry(bundle: Uint8Array, options: AssessOptions): Promise<Assessment> {
  const { date, basis, ruleset, registry } = options;
  return new RegistryClient(registry).post<Assessment>('/assessments', {
    bundle: parseJson(bundle),
    governing: { date, basis },
    ...(ruleset === undefined ? {} : { rulesets: ruleset.map((id) => ({ id })) }),
    ...claimsOf(options),
  });
}

function claimsOf({ claims }: AssessOptions): Pick<AssessmentContext, 'claims'> {
  if (claims === undefined) return {};
  return { claims: readJson(claims) as Record<string, Json> as Assessment['claims'] };
}
