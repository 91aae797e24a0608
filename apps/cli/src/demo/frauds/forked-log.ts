import path from 'node:path';
import { toHex } from '#lib/documents';
import { Keystore, nodeCrypto } from '#lib/keys';
import {
  formatAddCheckpoint,
  parseCheckpoint,
  parseNote,
  SIGNATURE_TYPES,
  signCheckpoint,
  verifierKey,
} from '#lib/tlog';
import type { RunningRegistry } from '../registries.js';
import type { Fraud } from '../stage.js';
import { witnessedCheckpoint } from '../witnessing.js';
import { refusedWith } from './refusal.js';

/** As everybody who reads the registry's documentation knows it. */
const DEVELOPMENT_PASSPHRASE = 'lodestone development passphrase';

/** Two checkpoints that one log signed (GET /witness/evidence). */
interface ForkEvidence {
  origin: string;
  held: string;
  offered: string;
}

/**
 * Somebody inside the US registry signs another history of the same length with its own log key. The
 * signature is genuine and every proof under it would be; only a witness that saw the first can tell.
 */
export const forkedLog: Fraud = {
  name: 'forked-log',
  title: 'A log that shows another history, under its own genuine key',
  async attempt({ us, au }) {
    const { treeSize } = parseCheckpoint((await witnessedCheckpoint(us.client)).text);
    const fork = await signOtherHistory(us, treeSize);
    const request = formatAddCheckpoint({ oldSize: treeSize, proof: [], note: fork });
    const refusal = await refusedWith(['log-inconsistent-checkpoint'], () =>
      au.client.post('/witness/add-checkpoint', new TextEncoder().encode(request)),
    );
    const evidence = await au.client.get<ForkEvidence[]>('/witness/evidence');
    const pair = evidence.find(({ offered }) => offered === fork);
    if (!pair) return { ...refusal, refused: false };
    return {
      ...refusal,
      detail: `the Australian witness will not cosign it, and shows both: ${[pair.held, pair.offered].map(describe).join(' against ')}`,
    };
  },
};

/** What a thief of the registry's keystore can sign: any root at all. */
async function signOtherHistory(us: RunningRegistry, treeSize: number): Promise<string> {
  const file = path.join(us.dataFolder, 'registry.keystore.json');
  const { publicKey, sign } = (await Keystore.open(file, DEVELOPMENT_PASSPHRASE)).signer('log');
  const { ed25519 } = SIGNATURE_TYPES;
  const key = verifierKey(nodeCrypto.sha256, us.origin, ed25519, publicKey);
  const rootHash = nodeCrypto.sha256(new TextEncoder().encode('another history'));
  return signCheckpoint({ origin: us.origin, treeSize, rootHash }, { key, sign });
}

function describe(note: string): string {
  const { treeSize, rootHash } = parseCheckpoint(parseNote(note).text);
  return `size ${treeSize}, root ${toHex(rootHash).slice(0, 16)}…`;
}
