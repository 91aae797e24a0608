import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type {
  Assessment,
  Opened,
  Certificate,
  RulesetResult,
  Trust,
  Verdict,
} from '#lib/documents';
import { canonicalBytes } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { inspectBundle } from '#lib/verification';
import { describeReport } from '../commands/verify.js';
import { describeVerdict } from '../describe-verdict.js';
import { produceMagnets, handOver } from './america.js';
import { assessCertificate, DFARS } from './assessing.js';
import { produceOxide, releaseOxide } from './australia.js';
import { tellBalance } from './balance.js';
import { dateDaysAgo, daysAgo } from './calendar.js';
import { castAmerica, castAustralia, mass, type AmericanCast } from './cast.js';
import type { IssuedCertificate, Narrator } from './narrator.js';
import type { RegistryClient } from '../registry-client.js';
import type { RunningRegistry } from './registries.js';
import type { Stage } from './stage.js';
import { drawTree } from './tree.js';

/** What the honest case came to. */
export interface HonestCase {
  accepted: boolean;
  /** In the order in which they were given. */
  verdicts: { ruleset: string; governingDate: string; verdict: Verdict }[];
  bundleFile: string;
  stage: Stage;
}

const BEFORE = '2026-12-15';
const AFTER = '2027-02-15';

/** From mine to accepted magnet across two registries; every step is a signed statement. */
export async function tellHonestCase(
  au: RunningRegistry,
  us: RunningRegistry,
  folder: string,
  tell: Narrator,
): Promise<HonestCase> {
  tell.chapter('Australia: registered, mined, separated, certified');
  const australia = await castAustralia(au);
  const oxide = await produceOxide(australia, tell);
  tell.chapter('The United States recognises Australian certificates, and imports the oxide');
  const america = await castAmerica(us);
  const recognition = await recognise(america, au, tell);
  const released = await releaseOxide(australia, oxide, us, america.metalMaker.did, tell);
  tell.chapter('United States: metal, alloy, magnets');
  const batches = await produceMagnets(america, released, recognition, tell);

  tell.chapter('Certified, and judged under the law on both sides of 1 January 2027');
  const nameOf = namesOf([...Object.values(australia), ...Object.values(america)]);
  const judge = judging(us, tell, nameOf);
  const first = await tell.certify(america.magnetMaker, batches.magnets);
  const today = await judge(first, BEFORE);
  const open = await judge(first, AFTER);
  await declareBoron(america, batches.ferroboron, tell);
  const certificate = await tell.certify(america.magnetMaker, batches.magnets, first);
  const closed = await judge(certificate, AFTER);

  const trust = trustIn(au, us);
  const entitled = await america.magnetMaker.reading();
  const bundle = await entitled.bytes(`/certificates/${certificate.path}/bundle`);
  const bundleFile = path.join(folder, 'magnets.evidence.json');
  writeFileSync(bundleFile, bundle);
  writeFileSync(path.join(folder, 'trust.json'), canonicalBytes(trust));
  tell.chapter('Verified offline, by a stranger with a file and a list of whom to trust');
  const report = await inspectBundle(nodeCrypto, bundle, trust, { at: new Date().toISOString() });
  describeReport(report).forEach((line) => tell.say(`  ${line}`));

  tell.chapter('The tree, from magnet to mine');
  const facts = await certifiedFacts(entitled, certificate);
  drawTree(facts, nameOf).forEach((line) => tell.say(`  ${line}`));
  const balanced = tellBalance(bundle, batches.magnets, tell);

  tell.chapter('Delivered, and accepted against a contract line');
  await deliver(america, batches.magnets, tell);
  await accept(america, batches.magnets, certificate, closed.assessment, tell);

  const expected: [RulesetResult, Verdict][] = [
    [today.result, 'compliant'],
    [open.result, 'indeterminate'],
    [closed.result, 'compliant'],
  ];
  return {
    accepted:
      report.accepted && balanced && expected.every(([{ verdict }, wanted]) => verdict === wanted),
    verdicts: [
      { ruleset: named(today.result), governingDate: BEFORE, verdict: today.result.verdict },
      { ruleset: named(open.result), governingDate: AFTER, verdict: open.result.verdict },
      { ruleset: named(closed.result), governingDate: AFTER, verdict: closed.result.verdict },
    ],
    bundleFile,
    stage: {
      au,
      us,
      australia,
      america,
      released,
      recognition,
      batches,
      certificate,
      bundle,
      trust,
      tell,
    },
  };
}

async function recognise(
  { authority }: AmericanCast,
  au: RunningRegistry,
  tell: Narrator,
): Promise<string> {
  const id = authority.id('recognitions', 'AU-2026-1');
  await tell.step(
    authority,
    'recognises facts certified by the Australian registry: oxide and metal, one way, two years',
    () =>
      authority.say('Recognition', {
        id,
        registry: au.did,
        jurisdiction: au.jurisdiction,
        origin: au.origin,
        logKey: au.vkey,
        scope: {
          forms: ['compound', 'oxide', 'metal'],
          steps: ['mine', 'beneficiate', 'crack', 'separate', 'calcine', 'reduce'],
          custodyModels: ['identity-preserved', 'segregated'],
          minimumAssurance: 'self-declared',
        },
        validFrom: dateDaysAgo(300),
        validUntil: dateDaysAgo(-430),
        instrument: 'Illustrative arrangement on critical-mineral records',
      }),
  );
  return id;
}

/** The supplier closes the gap that the assessment named. */
async function declareBoron(
  { ferroboronSupplier }: AmericanCast,
  ferroboron: string,
  tell: Narrator,
) {
  await tell.step(
    ferroboronSupplier,
    'declares where the boron and its iron come from, with evidence',
    () =>
      ferroboronSupplier.say('OriginDeclaration', {
        batch: ferroboron,
        origins: [
          { elements: ['B'], step: 'mine', country: 'TR' },
          { elements: ['B'], step: 'separate', country: 'TR' },
          { elements: ['Fe'], step: 'mine', country: 'US' },
          { elements: ['B', 'Fe'], step: 'reduce', country: 'US' },
          { elements: ['B', 'Fe'], step: 'cast', country: 'US' },
        ],
        evidence: [
          {
            title: 'Colemanite bill of lading and melt log',
            digest: '3'.repeat(64),
            mediaType: 'application/pdf',
          },
        ],
      }),
  );
}

function judging(us: RunningRegistry, tell: Narrator, nameOf: (did: string) => string) {
  return async (certificate: IssuedCertificate, date: string) => {
    const judged = await assessCertificate(us.client, certificate, date);
    describeVerdict(judged.result, date, nameOf).forEach((line) => tell.say(line));
    return judged;
  };
}

async function deliver(
  { magnetMaker, carrier, prime }: AmericanCast,
  magnets: string,
  tell: Narrator,
) {
  await handOver(magnetMaker, carrier, magnets, '560', false, 9, tell);
  await handOver(carrier, prime, magnets, '560', false, 6, tell);
}

async function accept(
  { prime }: AmericanCast,
  magnets: string,
  certificate: IssuedCertificate,
  assessment: Assessment,
  tell: Narrator,
) {
  await tell.step(prime, 'accepts the delivery; contract and line stay blinded in the ledger', () =>
    prime.say(
      'Acceptance',
      {
        batch: magnets,
        certificate: certificate.id,
        answer: 'accepted',
        quantity: mass('560'),
        contract: 'N00000-27-C-0042',
        line: 'CLIN 0003',
        governing: { date: AFTER, basis: 'delivery' },
        assessments: assessment.results.map(({ ruleset, version, digest, verdict }) => ({
          ruleset,
          version,
          digest,
          verdict,
          asOf: { ...assessment.asOf },
        })),
        decidedAt: daysAgo(1),
      },
      { blind: ['/credentialSubject/contract', '/credentialSubject/line'] },
    ),
  );
}

async function certifiedFacts(registry: RegistryClient, { path: id }: IssuedCertificate) {
  const { certificate } = await registry.get<{ certificate: Opened<Certificate> }>(
    `/certificates/${id}`,
  );
  return certificate.credentialSubject;
}

/** The prime's trust file: two registries and their log keys. */
function trustIn(...registries: RunningRegistry[]): Trust {
  return {
    type: 'LodestoneTrust',
    version: 1,
    registries: registries.map(({ did, jurisdiction, origin, vkey }) => ({
      registry: did,
      jurisdiction,
      origin,
      logKey: vkey,
    })),
  };
}

function namesOf(actors: { did: string; name: string }[]): (did: string) => string {
  const names = new Map(actors.map(({ did, name }) => [did, name]));
  return (did) => names.get(did) ?? did;
}

function named({ ruleset, version }: RulesetResult): string {
  return `${ruleset === DFARS ? DFARS : ruleset}@${version}`;
}
