import { generateKeyPairSync, hash, sign, verify } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { type Crypto, canonicalBytes, toHex } from '#lib/documents';
import { refuse } from '#lib/problem';
import {
  type LedgerDeciders,
  type LedgerItem,
  type Log,
  Sequencer,
  type SequencerOptions,
  createDataSource,
  openLog,
  poolOf,
} from '#lib/store';
import { SIGNATURE_TYPES, signNote, verifierKey } from '#lib/tlog';

/** A ledger of accounts with balances: the smallest thing in which something can be spent twice. */
export interface ToyStatement {
  kind: 'open' | 'transfer' | 'close' | 'break' | 'stray';
  from?: string;
  to?: string;
  amount?: number;
  /** Makes two equal transfers two statements. */
  nonce?: string | number;
  /** Not part of the identity, as a signature is not. */
  proof?: string;
}

const sha256 = (bytes: Uint8Array) => new Uint8Array(hash('sha256', bytes, 'buffer'));

/** A log with a key of its own, signed by node:crypto. */
export function toyLog(
  origin = 'toy.example/log',
  { publicKey, privateKey } = generateKeyPairSync('ed25519'),
): Log {
  const raw = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32));
  const crypto: Crypto = {
    sha256,
    verifyEd25519: async (key, message, signature) =>
      Buffer.compare(key, raw) === 0 && verify(null, message, publicKey, signature),
  };
  const key = verifierKey(sha256, origin, SIGNATURE_TYPES.ed25519, raw);
  const signer = {
    key,
    sign: (message: Uint8Array) => new Uint8Array(sign(null, message, privateKey)),
  };
  return { origin, crypto, keys: [key], signCheckpoint: (text) => signNote(text, signer) };
}

/** The rules: nobody spends more than there is. `break` and `stray` are rules that are wrong. */
export const toyDeciders: LedgerDeciders = {
  touches(signed) {
    const { from, to } = signed as ToyStatement;
    return [from, to].filter((name) => name !== undefined).map(accountKey);
  },

  decide(state, signed) {
    const { kind, from, to, amount = 0 } = signed as ToyStatement;
    if (kind === 'break') throw new TypeError('this decider is broken');
    if (kind === 'stray') state.get('account/nobody');
    if (kind === 'open' && state.get(accountKey(to!)) !== undefined)
      throw refuse('already-registered', `The account ${to} is open.`, '/to');
    if (kind === 'transfer' && balance(state.get(accountKey(from!))) < amount)
      throw refuse('mass-exceeded', `${from} does not hold ${amount}.`, '/amount');
  },

  apply(state, signed) {
    const { kind, from, to, amount = 0 } = signed as ToyStatement;
    const held = (name: string) => balance(state.get(accountKey(name)));
    if (kind === 'open') return [[accountKey(to!), amount]];
    if (kind === 'close') return [[accountKey(from!), null]];
    return [
      [accountKey(from!), held(from!) - amount],
      [accountKey(to!), held(to!) + amount],
    ];
  },

  lineage(signed) {
    const { kind, from, to } = signed as ToyStatement;
    return kind === 'transfer' ? [{ parent: from!, child: to! }] : [];
  },
};

/** A statement as the sequencer takes it. */
export function toyItem(statement: ToyStatement, more: Partial<LedgerItem> = {}): LedgerItem {
  const { proof: _, ...payload } = statement;
  const bytes = canonicalBytes(statement);
  return {
    type: statement.kind,
    digest: toHex(sha256(bytes)),
    identity: toHex(sha256(canonicalBytes(payload))),
    bytes,
    disclosures: null,
    signed: statement,
    ...more,
  };
}

/** Opens an account with that balance. */
export const open = (to: string, amount: number) => toyItem({ kind: 'open', to, amount });

/** Moves an amount; the nonce tells equal transfers apart. */
export const transfer = (from: string, to: string, amount: number, nonce: string | number = 0) =>
  toyItem({ kind: 'transfer', from, to, amount, nonce });

/** A sequencer with connections of its own, as another process would have. */
export interface ToyProcess {
  sequencer: Sequencer;
  dataSource: DataSource;
  faults: Error[];
  stop(): Promise<void>;
}

/** Connects, opens the log, and is ready to append. */
export async function startToy(
  url: string,
  log: Log,
  options: Partial<SequencerOptions> = {},
): Promise<ToyProcess> {
  const dataSource = await createDataSource(url, 4).initialize();
  const pool = poolOf(dataSource);
  await openLog(pool, log);
  const faults: Error[] = [];
  const onFault = (fault: Error) => void faults.push(fault);
  const sequencer = new Sequencer({ pool, log, deciders: toyDeciders, onFault, ...options });
  const stop = async () => {
    await sequencer.close();
    await dataSource.destroy();
  };
  return { sequencer, dataSource, faults, stop };
}

const accountKey = (name: string) => `account/${name}`;
const balance = (value: unknown) => (typeof value === 'number' ? value : 0);
