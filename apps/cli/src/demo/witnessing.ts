import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pc } from '../colours.js';
import { parseCheckpoint, parseNote, type SignedNote } from '#lib/tlog';
import type { RegistryClient } from '../registry-client.js';
import type { Narrator } from './narrator.js';
import type { RunningRegistry } from './registries.js';

/** The part of /health/ready that tells of witnesses. */
interface WitnessedHealth {
  treeSize: number;
  quorumSize: number | null;
}

const POLL_MS = 50;
const PATIENCE_MS = 20_000;

/**
 * The operators of two registries exchange keys and write their policy files (C2SP tlog-policy):
 * from then on each cosigns the other's checkpoints, and would catch it rewriting its log.
 */
export async function witnessEachOther(
  registries: [RunningRegistry, RunningRegistry],
  tell: Narrator,
): Promise<void> {
  const [one, other] = registries;
  for (const [registry, peer] of [
    [one, other],
    [other, one],
  ] as const) {
    const policy = [`log ${peer.vkey}`, witnessLine(peer, `${peer.url}/witness`)];
    policy.push(`quorum ${nameOf(peer)}`, '');
    writeFileSync(path.join(registry.dataFolder, 'policy.txt'), policy.join('\n'));
  }
  for (const registry of registries) {
    const note = await witnessedCheckpoint(registry.client);
    const { treeSize } = parseCheckpoint(note.text);
    const [own, ...witnesses] = note.signatures.map(({ name }) => name);
    tell.say(
      `  ${pc.cyan(own!)} signs its tree of ${treeSize} ${treeSize === 1 ? 'entry' : 'entries'}; ${pc.cyan(witnesses.join(', '))} cosigns it`,
    );
  }
}

/** The newest checkpoint of a registry, as soon as its quorum has cosigned it. */
export async function witnessedCheckpoint(client: RegistryClient): Promise<SignedNote> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
    const { treeSize, quorumSize } = await client.get<WitnessedHealth>('/health/ready');
    if (treeSize === quorumSize) return parseNote(await client.bytes('/log/checkpoint'));
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(
    `no witness has cosigned the log of ${client.url} within ${PATIENCE_MS / 1000} s`,
  );
}

/** The policy of one who wants every log cosigned in the other jurisdiction. */
export function policyOfBoth(registries: readonly RunningRegistry[]): string {
  return [
    ...registries.map((registry) => witnessLine(registry)),
    `group abroad any ${registries.map(nameOf).join(' ')}`,
    'quorum abroad',
    '',
  ].join('\n');
}

function witnessLine(registry: RunningRegistry, url?: string): string {
  const line = `witness ${nameOf(registry)} ${registry.witnessKey}`;
  return url === undefined ? line : `${line} ${url}`;
}

function nameOf({ jurisdiction }: RunningRegistry): string {
  return jurisdiction.toLowerCase();
}
