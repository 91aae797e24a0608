import { writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  canonicalBytes,
  type Certificate,
  type Opened,
  type Trust,
  type Verdict,
} from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { inspectBundle } from '#lib/verification';
import { describeReport } from '../commands/verify.js';
import { describeVerdict } from '../describe-verdict.js';
import type { RegistryClient } from '../registry-client.js';
import { produceMagnets } from './america.js';
import { assessCertificate } from './assessing.js';
import { produceOxide, releaseOxide } from './australia.js';
import { declareBoron, recognise } from './authority-acts.js';
import { tellBalance } from './balance.js';
import { castAmerica, castAustralia } from './cast.js';
import { accept, deliver } from './delivery.js';
import type { IssuedCertificate, Narrator } from './narrator.js';
import type { RunningRegistry } from './registries.js';
import type { Stage } from './stage.js';
import { drawTree } from '../draw-tree.js';
import { policyOfBoth, witnessedCheckpoint } from './witnessing.js';

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
const EXPECTED: readonly Verdict[] = ['compliant', 'indeterminate', 'compliant'];

/** From mine to accepted magnet across two registries; every step is a signed statement. */
export async function tellHonestCase(
  au: RunningRegistry,
  us: RunningRegistry,
  folder: string,
  tell: Narrator,
): Promise<HonestCase> {
  const made = await makeMaterial(au, us, tell);
  const { america, batches } = made;
  const { certificate, assessment, verdicts } = await judge(us, made, tell);
  const holder = await america.magnetMaker.reading();
  await witnessedCheckpoint(us.client);
  const bundle = await holder.bytes(`/certificates/${certificate.path}/bundle`);
  const trust = trustIn(au, us);
  const bundleFile = path.join(folder, 'magnets.evidence.json');
  writeFileSync(bundleFile, bundle);
  writeFileSync(path.join(folder, 'trust.json'), canonicalBytes(trust));
  const isProven = await verifyOffline(bundle, trust, tell);

  tell.chapter('The tree, from magnet to mine');
  const facts = await certifiedFacts(holder, certificate);
  drawTree(facts).forEach((line) => tell.say(`  ${line}`));
  const isBalanced = tellBalance(bundle, batches.magnets, tell);

  tell.chapter('Delivered, and accepted against a contract line');
  await deliver(america, batches.magnets, tell);
  await accept(america, batches.magnets, certificate, assessment, made.recognition, tell);
  const isExpected = verdicts.every(({ verdict }, i) => verdict === EXPECTED[i]);
  return {
    accepted: isProven && isBalanced && isExpected,
    verdicts,
    bundleFile,
    stage: { au, us, ...made, certificate, bundle, trust, tell },
  };
}

/** Mined, separated, certified and released in Australia; imported and made into magnets in the US. */
async function makeMaterial(au: RunningRegistry, us: RunningRegistry, tell: Narrator) {
  tell.chapter('Australia: registered, mined, separated, assayed');
  const australia = await castAustralia(au);
  tell.introduce(Object.values(australia));
  const oxide = await produceOxide(australia, tell);
  tell.chapter(
    'The United States recognises Australian certificates; the oxide is certified and released',
  );
  const america = await castAmerica(us);
  tell.introduce(Object.values(america));
  const recognition = await recognise(america, au, tell);
  const released = await releaseOxide(australia, oxide, us, america.metalMaker.did, tell);
  tell.chapter('United States: imported, metal, alloy, magnets');
  const batches = await produceMagnets(america, released, recognition, tell);
  return { australia, america, recognition, released, batches };
}

/** The law on both sides of 1 January 2027; the gap that the later one names is then closed. */
async function judge(
  { client }: RunningRegistry,
  { america, batches }: Pick<Stage, 'america' | 'batches'>,
  tell: Narrator,
) {
  tell.chapter('Certified, and judged under the law on both sides of 1 January 2027');
  const verdicts: HonestCase['verdicts'] = [];
  const assess = async (certificate: IssuedCertificate, date: string) => {
    const { assessment, result } = await assessCertificate(client, certificate, date);
    describeVerdict(result, date).forEach((line) => tell.say(line));
    const ruleset = `${result.ruleset}@${result.version}`;
    verdicts.push({ ruleset, governingDate: date, verdict: result.verdict });
    return assessment;
  };
  const first = await tell.certify(america.magnetMaker, batches.magnets);
  await assess(first, BEFORE);
  await assess(first, AFTER);
  await declareBoron(america, batches.ferroboron, tell);
  const certificate = await tell.certify(america.magnetMaker, batches.magnets, first);
  return { certificate, assessment: await assess(certificate, AFTER), verdicts };
}

/** Judges the file as a stranger does: no network, no account, only the bytes and a trust file. */
async function verifyOffline(bundle: Uint8Array, trust: Trust, tell: Narrator): Promise<boolean> {
  tell.chapter('Verified offline, by a stranger with a file and a list of whom to trust');
  const report = await inspectBundle(nodeCrypto, bundle, trust, { at: new Date().toISOString() });
  describeReport(report).forEach((line) => tell.say(`  ${line}`));
  return report.accepted;
}

async function certifiedFacts(registry: RegistryClient, { path: id }: IssuedCertificate) {
  const { certificate } = await registry.get<{ certificate: Opened<Certificate> }>(
    `/certificates/${id}`,
  );
  return certificate.credentialSubject;
}

/** The prime's trust file: two registries and their log keys, each log cosigned by the other. */
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
    witnessPolicy: policyOfBoth(registries),
    maximumAgeSeconds: 86_400,
  };
}
