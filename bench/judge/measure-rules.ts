import fs from 'node:fs';
import type { Certificate, Opened, Ruleset } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { assessAll, parseRuleset } from '#lib/rules';
import { certificateOf, inspectBundle } from '#lib/verification';
import type { Scale } from '../options.js';
import type { Report } from '../report.js';
import { chainOfCustody } from './chain-of-custody.js';
import { repeated } from './repeated.js';

const STEPS = 500;
const FOLDER = 'schemas/rulesets';

/** (k) A long provenance under every pack, beside reading and verifying it. */
export async function measureRules(report: Report, scale: Scale): Promise<void> {
  report.section('rules', 'Rules');
  const { bundle, trust, certificate } = await chainOfCustody(STEPS);
  const { accepted, checks } = await inspectBundle(nodeCrypto, bundle, trust);
  if (!accepted) throw new Error(`The bundle does not hold: ${JSON.stringify(checks)}`);
  const packs = shippedPacks();
  const statement = certificateOf(nodeCrypto.sha256, bundle);
  const { rules, read } = await repeated(Math.ceil(scale.rounds / 200), {
    rules: () => judgeByAll(packs, { statement, digest: certificate.signed.digest }),
    read: () => inspectBundle(nodeCrypto, bundle, trust),
  });
  report.value('packs', 'rulesets', packs.length, 'rulesets');
  report.value('bundleBytes', `bytes of a bundle of ${STEPS} events`, bundle.length, 'bytes');
  report.time('rules', `(k) ${STEPS} events under every ruleset`, rules);
  report.time('read', '    to read and verify their bundle', read);
  report.ratio('rulesToVerify', 'rules ÷ verifying', rules.p50 / read.p50, 'not set');
}

/** Each ruleset on a day on which it governs, so that every one of its clauses is judged. */
function judgeByAll(
  packs: readonly Ruleset[],
  certificate: { statement: Opened<Certificate>; digest: string },
): void {
  for (const pack of packs) {
    const governing = { basis: pack.governedBy, date: pack.effectiveFrom };
    const { results } = assessAll(nodeCrypto.sha256, [pack], certificate, { governing });
    if (results.length !== 1) throw new Error(`${pack.id} gave no result`);
  }
}

function shippedPacks(): Ruleset[] {
  const files = fs.readdirSync(FOLDER).filter((name) => name.endsWith('.json'));
  if (files.length === 0) throw new Error(`There are no rulesets in ${FOLDER}.`);
  return files.map((name) => parseRuleset(new Uint8Array(fs.readFileSync(`${FOLDER}/${name}`))));
}
