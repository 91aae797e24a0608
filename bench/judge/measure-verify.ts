import { didResolver, registryDidDocument, verifyStatement } from '#lib/credentials';
import { parseStatement, type Crypto } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { parseTlogProof, policyOfLog, verifyEntryProof } from '#lib/tlog';
import { inspectBundle } from '#lib/verification';
import type { Scale } from '../options.js';
import type { Report } from '../report.js';
import { type CertifiedChain, chainOfCustody } from './chain-of-custody.js';
import { digitalBazaarVerifier } from './digital-bazaar.js';
import { RecordingCrypto } from './recording-crypto.js';
import { repeated } from './repeated.js';

/** Genesis, party, facility and the certificate itself stand beside the events. */
const OTHERS = 4;
const STATEMENTS = 60;
/** A certificate of an ordinary chain: mine, oxide, metal, alloy, powder, magnet. */
const EVENTS = 6;
/** The registry's signature on the statement, and the log's on its checkpoint. */
const CERTIFICATE_CHECKS = 2;

/** (j) One certificate, and a bundle, beside the bare cost of their signatures and beside a peer. */
export async function measureVerify(report: Report, scale: Scale): Promise<void> {
  report.section('verify', 'Verify');
  await measureCertificate(report, scale);
  await measureBundle(report, scale);
}

/** Two certificates of two registries in turn, so that nothing of one is remembered for the next. */
async function measureCertificate(report: Report, scale: Scale): Promise<void> {
  const chains = [await chainOfCustody(EVENTS), await chainOfCustody(EVENTS)];
  const works = await Promise.all(chains.map(certificateWorks));
  const inTurn = (name: keyof (typeof works)[number]) => {
    let turn = 0;
    return () => works[turn++ % works.length]![name]();
  };
  const found = await repeated(scale.rounds, {
    ours: inTurn('ours'),
    bare: inTurn('bare'),
    peer: inTurn('peer'),
  });
  const size = chains[0]!.certificate.statement.length;
  report.value('certificateBytes', 'bytes of the certificate', size, 'bytes');
  report.time('certificate', '(j) one certificate: signature, inclusion, checkpoint', found.ours);
  report.time('certificateBare', `    its ${CERTIFICATE_CHECKS} Ed25519 checks`, found.bare);
  report.time('digitalBazaar', '    @digitalbazaar/vc, the signature alone', found.peer);
  const { ours, bare, peer } = found;
  report.ratio('verifyToEd25519', 'certificate ÷ its checks', ours.p50 / bare.p50, 'at most 2');
  const toPeer = ours.p50 / peer.p50;
  report.ratio('verifyToDigitalBazaar', 'certificate ÷ @digitalbazaar/vc', toPeer, 'below 1');
}

/** One certificate verified by us, as its bare signatures, and by the peer. */
async function certificateWorks(chain: CertifiedChain) {
  const verifyOne = certificateVerifier(chain);
  const recording = new RecordingCrypto();
  await verifyOne(recording);
  if (recording.checks.length !== CERTIFICATE_CHECKS)
    throw new Error(`The certificate has ${recording.checks.length} signatures`);
  const { log, certificate } = chain;
  const credential = JSON.parse(Buffer.from(certificate.statement).toString()) as object;
  const peer = await digitalBazaarVerifier(credential, log.registry, log.keys[0]!);
  return { ours: () => verifyOne(nodeCrypto), bare: () => recording.verifyBare(), peer };
}

async function measureBundle(report: Report, scale: Scale): Promise<void> {
  const { bundle, trust } = await chainOfCustody(STATEMENTS - OTHERS);
  const recording = new RecordingCrypto();
  const { accepted, checks } = await inspectBundle(recording, bundle, trust);
  if (!accepted) throw new Error(`The bundle does not hold: ${JSON.stringify(checks)}`);
  const { ours, bare } = await repeated(Math.ceil(scale.rounds / 10), {
    ours: () => inspectBundle(nodeCrypto, bundle, trust),
    bare: () => recording.verifyBare(),
  });
  report.value('bundleBytes', `bytes of a bundle of ${STATEMENTS}`, bundle.length, 'bytes');
  report.time('bundle', `(j) a bundle of ${STATEMENTS} statements, every check`, ours);
  report.time('bundleBare', `    its ${recording.checks.length} Ed25519 checks`, bare);
  report.ratio('bundleToEd25519', 'bundle ÷ its checks', ours.p50 / bare.p50, 'not set');
}

/** What a stranger does with one certificate and its receipt, from their bytes. */
function certificateVerifier({ log, certificate }: CertifiedChain) {
  const { statement: bytes, entry, at } = certificate;
  const proof = log.proof(at.index);
  const policy = policyOfLog(log.logSigner.key);
  const resolve = didResolver([registryDidDocument(log.registry, log.keys)]);
  return async (crypto: Crypto): Promise<void> => {
    const parsed = parseStatement(crypto.sha256, bytes);
    await verifyStatement(crypto, parsed, resolve);
    const proven = await verifyEntryProof(crypto, parseTlogProof(proof), entry, policy);
    if (proven.entry.digest !== parsed.digest) throw new Error('The entry is of another statement');
  };
}
