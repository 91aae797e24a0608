import {
  instantOf,
  parseDidDocument,
  registryDidDocument,
  type RegistryKey,
  type VerificationMethod,
} from '#lib/credentials';
import { canonicalize, type BundleRegistry } from '#lib/documents';
import { formatVerifierKey } from '#lib/tlog';
import { historyAt, newestBlock, type Case } from '../case.js';
import { exhibitsOf } from '../exhibit.js';
import { unlessFaults, wordsOf } from '../finding.js';
import { keyEnds, type KeyEnd } from '../lookup.js';
import type { Finding } from '../report.js';
import { settle } from '../verified.js';

/**
 * Every registry of the bundle is in the trust file, with the log and the key that are named there or
 * that follow from them (see `trustedLogs`).
 */
export function inspectTrust({ bundle, logs }: Case): Finding {
  return unlessFaults(
    bundle.registries.flatMap((registry) => trustFault(logs, registry)),
    `Trusted: ${bundle.registries.map(({ registry }) => registry).join(', ')}.`,
  );
}

/**
 * Entry 0 of each log names the registry as the bundle does, and the DID document holds exactly the
 * keys that entry 0 and later rotations name, each ended when the log says so.
 */
export function inspectDidDocuments(opened: Case): Finding {
  const { registries } = opened.bundle;
  return unlessFaults(
    registries.flatMap((block) => genesisFaults(opened, block)),
    'Every DID document follows from the log of its registry.',
    registries.map(({ registry, origin }) => `${registry}: entry 0 of ${origin}`),
  );
}

function trustFault(logs: Case['logs'], block: BundleRegistry): string[] {
  const known = logs.get(block.origin);
  if (known === undefined)
    return [`${block.registry} with the log ${block.origin} is not in the trust file.`];
  const keys = known.keys.map(formatVerifierKey);
  const faults = (['registry', 'jurisdiction'] as const)
    .filter((name) => known[name] !== block[name])
    .map((name) => `${block.origin}: ${name} is ${block[name]}, but you trust ${known[name]}.`);
  if (keys.includes(block.logKey)) return faults;
  const trusted = keys.join(' or ');
  return [...faults, `${block.origin}: logKey is ${block.logKey}, but you trust ${trusted}.`];
}

function genesisFaults(opened: Case, block: BundleRegistry): string[] {
  const history = historyAt(opened, block.origin);
  const log = history.filter(({ origin }) => origin === block.origin);
  const [genesis] = exhibitsOf(log, 'RegistryGenesis');
  if (genesis?.entry.index !== 0)
    return [`Entry 0 of ${block.origin}, which names the registry, is not in the bundle.`];
  const named = genesis.opened.credentialSubject;
  const faults = (['jurisdiction', 'origin', 'logKey'] as const)
    .filter((name) => named[name] !== block[name])
    .map((name) => `Entry 0 of ${block.origin} names ${name} ${named[name]}.`);
  if (named.id !== block.registry)
    faults.push(`Entry 0 of ${block.origin} names the registry ${named.id}.`);
  // What the registry's keys are now, its newest log says; before, it had fewer.
  if (block !== newestBlock(opened, block.origin)) return faults;
  const first = exhibitsOf(history, 'RegistryGenesis').flatMap(
    (each) => each.opened.credentialSubject.keys,
  );
  const rotations = exhibitsOf(history, 'KeyRotation')
    .map(({ opened }) => opened.credentialSubject)
    .filter(({ id }) => id === block.registry);
  const keys = [...new Set([...first, ...rotations.flatMap(({ add }) => add)])];
  return [...faults, ...documentFaults(block, keys, keyEnds(history))];
}

function documentFaults(block: BundleRegistry, named: string[], ends: KeyEnd[]): string[] {
  const { registry, didDocument } = block;
  const document = settle(() => {
    const keys = parseDidDocument(didDocument).verificationMethod.map(registryKey);
    return { keys, expected: registryDidDocument(registry, keys) };
  });
  if (document.problem) return [`The DID document of ${registry}: ${wordsOf(document.problem)}`];
  const { keys, expected } = document.value;
  if (canonicalize(expected) !== canonicalize(didDocument))
    return [`The DID document of ${registry} says more than its keys.`];
  const held = keys.map(({ publicKeyMultibase }) => publicKeyMultibase);
  return [
    ...held
      .filter((key) => !named.includes(key))
      .map((key) => `The log of ${registry} names no key ${key}.`),
    ...named
      .filter((key) => !held.includes(key))
      .map((key) => `The DID document of ${registry} lacks the key ${key}.`),
    ...keys
      .filter((key) => !endsAsLogged(key, ends))
      .map(({ publicKeyMultibase: key }) => `The log ends the key ${key} at another time.`),
  ];
}

function registryKey({ publicKeyMultibase, expires, revoked }: VerificationMethod): RegistryKey {
  return {
    publicKeyMultibase,
    ...(expires === undefined ? {} : { expires }),
    ...(revoked === undefined ? {} : { revoked }),
  };
}

/** The document ends a key when, and only when, the log does, and at a time that the log gives. */
function endsAsLogged(key: RegistryKey, ends: readonly KeyEnd[]): boolean {
  const logged = ends
    .filter(({ publicKeyMultibase }) => publicKeyMultibase === key.publicKeyMultibase)
    .map(({ from }) => instantOf(from));
  const said = [key.expires, key.revoked].flatMap((end) => end ?? []).map(instantOf);
  return said.length > 0 === logged.length > 0 && said.every((end) => logged.includes(end));
}
