import path from 'node:path';
import type { Configuration } from './configuration.js';
import { formatVerifierKey } from '#lib/tlog';
import type { OpenedRegistry } from './open-registry.js';

/** What a parent process is told in one line when the service is ready. */
export function announcement({ registry, authority }: OpenedRegistry, url: string) {
  const { jurisdiction, domain, did, origin, vkey } = registry.identity;
  return {
    event: 'ready',
    url,
    jurisdiction,
    domain,
    did,
    origin,
    vkey,
    witnessKey: formatVerifierKey(registry.witnessing.cosigner.key),
    statementKey: registry.signer.publicKeyMultibase,
    ...(authority.keyFile === undefined ? {} : { authorityKeyFile: authority.keyFile }),
  };
}

/** What the person at the terminal reads: where it serves, what to guard, and what to do next. */
export function welcome(
  configuration: Configuration,
  { registry, authority }: OpenedRegistry,
  url: string,
  database: string,
): string {
  const { name, jurisdiction, did, origin, vkey } = registry.identity;
  return [
    '',
    `  ${name} (${jurisdiction}) serves at ${url}`,
    '',
    `    pages      ${url}/docs`,
    `    registry   ${did}`,
    `    log        ${origin}`,
    `    log key    ${vkey}`,
    `    database   ${database}`,
    ...(configuration.hasDevelopmentPassphrase ? passphraseWarning(configuration) : []),
    ...(authority.keyFile === undefined ? [] : nextSteps(authority.keyFile, jurisdiction, url)),
    '',
  ].join('\n');
}

function passphraseWarning({ dataFolder }: Configuration): string[] {
  return [
    '',
    '  WARNING: the keystore is sealed with the development passphrase, which everybody knows.',
    `  Whoever reads ${dataFolder} can sign as this registry. Before it means anything, start`,
    '  over in a new folder with LODESTONE_PASSPHRASE set.',
  ];
}

function nextSteps(keyFile: string, jurisdiction: string, url: string): string[] {
  const authority = shellWord(path.relative(process.cwd(), keyFile));
  return [
    '',
    `  WARNING: the authority is a development key, ${authority}: set LODESTONE_AUTHORITY to name a real one.`,
    '',
    '  Record a first statement, the registration of a processor, from another terminal:',
    '',
    '    npx lodestone keygen processor.key.json',
    `    npx lodestone draft-party --key processor.key.json --authority ${authority} --name "My Smelter" --country ${jurisdiction} --role processor | npx lodestone sign - --key ${authority} processor.key.json --out first.json`,
    `    npx lodestone submit first.json --registry ${url}`,
  ];
}

/** As one word of a POSIX shell, because these lines are made to be copied. */
function shellWord(text: string): string {
  return /^[\w./@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
