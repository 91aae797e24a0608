import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { pc } from '../colours.js';
import type { Trust } from '#lib/documents';
import { nodeCrypto } from '#lib/keys';
import { parseTrust } from '#lib/verification';
import { readBytes, replaceFile } from '../files.js';
import { RegistryClient } from '../registry-client.js';

interface TrustCommandOptions {
  out: string;
  policy?: string;
  maximumAge?: string;
  json?: boolean;
}

/** `lodestone trust URL…`: a trust file from what registries say of themselves. */
export function addTrustCommand(program: Command): void {
  program
    .command('trust <url...>')
    .description(
      'write a trust file from registries’ own word, or add to one; then compare the keys it ' +
        'shows with those that you got over another channel',
    )
    .option('--out <file>', 'the trust file', 'trust.json')
    .option('--policy <file>', 'a witness policy (C2SP tlog-policy) to demand cosignatures by')
    .option('--maximum-age <seconds>', 'how old the newest cosignature may be')
    .option('--json', 'print the trust file as one JSON object')
    .action(async (urls: string[], options: TrustCommandOptions) => {
      const trust = await gatherTrust(urls, options);
      await replaceFile(
        options.out,
        new TextEncoder().encode(`${JSON.stringify(trust, null, 2)}\n`),
      );
      console.log(options.json ? JSON.stringify(trust) : describeTrust(trust, options.out));
    });
}

/** What the file already believes, then what each registry says; no key is ever replaced. */
async function gatherTrust(urls: string[], options: TrustCommandOptions): Promise<Trust> {
  const { out, policy, maximumAge } = options;
  const sources = await Promise.all(
    urls.map((url) => new RegistryClient(url).bytes('/trust.json')),
  );
  const believed = existsSync(out) ? [parseTrust(nodeCrypto.sha256, readBytes(out))] : [];
  const told = sources.map((bytes) => parseTrust(nodeCrypto.sha256, bytes));
  const trust: Trust = {
    ...(believed[0] ?? { type: 'LodestoneTrust', version: 1 }),
    registries: mergeRegistries([...believed, ...told], out),
    ...(policy === undefined ? {} : { witnessPolicy: new TextDecoder().decode(readBytes(policy)) }),
    ...(maximumAge === undefined ? {} : { maximumAgeSeconds: secondsOf(maximumAge) }),
  };
  return parseTrust(nodeCrypto.sha256, new TextEncoder().encode(JSON.stringify(trust)));
}

/** A registry whose log key is not the one believed so far is the very thing to be warned of. */
function mergeRegistries(trusts: Trust[], file: string): Trust['registries'] {
  const byOrigin = new Map<string, Trust['registries'][number]>();
  for (const registry of trusts.flatMap(({ registries }) => registries)) {
    const known = byOrigin.get(registry.origin);
    if (known && known.logKey !== registry.logKey)
      throw new Error(
        `two log keys for ${registry.origin}: ${known.logKey} and ${registry.logKey}. ${file} is as ` +
          'it was; ask the registry’s operator, over another channel, which one is theirs',
      );
    byOrigin.set(registry.origin, known ?? registry);
  }
  return [...byOrigin.values()] as Trust['registries'];
}

function secondsOf(text: string): number {
  if (/^[1-9][0-9]{0,9}$/.test(text)) return Number(text);
  throw new Error(`--maximum-age ${text} is no whole number of seconds`);
}

function describeTrust({ registries, witnessPolicy }: Trust, file: string): string {
  return [
    ...registries.flatMap(({ registry, jurisdiction, origin, logKey }) => [
      `${pc.bold(jurisdiction)}  ${registry}`,
      `    log      ${origin}`,
      `    log key  ${logKey}`,
    ]),
    '',
    `Written to ${file}. ${pc.yellow('Before you rely on it')}, compare each log key with the one`,
    'that the registry’s operator gives you by telephone, by letter or in a gazette: whoever could',
    'answer in the registry’s place could also have answered here.',
    ...(witnessPolicy === undefined
      ? ['It names no witnesses: --policy adds those whose cosignatures you demand.']
      : []),
  ].join('\n');
}
