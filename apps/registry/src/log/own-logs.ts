import { Injectable } from '@nestjs/common';
import { isOf, partyKey } from '#lib/materials';
import { refuse } from '#lib/problem';
import { originHash } from '#lib/tlog';
import { LedgerHistory } from '../ledger/ledger-history.js';
import type { LedgerRecord } from '../ledger/recorded-statement.js';
import { Registry, type OwnLog } from '../registry.js';

/** One log of this registry, with its origin. */
export interface NamedLog extends OwnLog {
  origin: string;
}

/** What anybody may know of a log of this registry before reading it. */
export interface LogDescription {
  origin: string;
  /** Under which it is served, as C2SP tlog-mirror has it: SHA-256 of the origin, lowercase hex. */
  path: string;
  /** Every verifier key that its entries name, the oldest first. */
  logKeys: string[];
  treeSize: number;
  /** The log before it, and the one for which it was frozen; null where there is none. */
  predecessor: string | null;
  successor: string | null;
}

/**
 * What a log's own entries say of its keys and of the log before. Whoever reads it finds the digest
 * of each statement in the entry at its index.
 */
export interface KeyStatements {
  origin: string;
  successor: string | null;
  /** The genesis, and each rotation that named a log key; `statement` is their exact bytes as text. */
  statements: { index: number; statement: string }[];
}

const decoder = new TextDecoder();

/** The logs of this registry: the one that grows, and those before it, which are served for ever. */
@Injectable()
export class OwnLogs {
  constructor(
    private readonly registry: Registry,
    private readonly history: LedgerHistory,
  ) {}

  /** The log whose origin has that SHA-256, the newest when none is named; throws `not-found`. */
  find(hash?: string): NamedLog {
    const { logs, identity, verifier } = this.registry;
    const origin =
      hash === undefined
        ? identity.origin
        : [...logs.keys()].find((each) => originHash(verifier.sha256, each) === hash);
    if (origin === undefined)
      throw refuse('not-found', `This registry keeps no log whose origin has the hash ${hash}.`);
    return { origin, ...logs.get(origin)! };
  }

  /** All of them, the oldest first. */
  async list(): Promise<LogDescription[]> {
    const { logs, verifier } = this.registry;
    const naming = await this.namingKeys();
    const origins = [...logs.keys()];
    return Promise.all(
      origins.map(async (origin, i) => {
        const { treeSize, successor } = await logs.get(origin)!.reader.standing();
        return {
          origin,
          path: `/logs/${originHash(verifier.sha256, origin)}`,
          logKeys: naming.filter(({ at }) => at.origin === origin).flatMap(logKeysIn),
          treeSize,
          predecessor: origins[i - 1] ?? null,
          successor,
        };
      }),
    );
  }

  /** What a log says of its keys, by its own entries; throws `not-found`. */
  async keys(hash?: string): Promise<KeyStatements> {
    const { origin, reader } = this.find(hash);
    const { successor } = await reader.standing();
    const naming = (await this.namingKeys()).filter(({ at }) => at.origin === origin);
    const statements = naming.map(({ at: { index }, bytes }) => {
      return { index, statement: decoder.decode(bytes) };
    });
    return { origin, successor, statements };
  }

  /** The statements about the registry itself that name log keys: they are nobody's secret. */
  private async namingKeys(): Promise<LedgerRecord[]> {
    const records = await this.history.history([partyKey(this.registry.identity.did)]);
    return records.filter((record) => logKeysIn(record).length > 0);
  }
}

function logKeysIn(record: LedgerRecord): readonly string[] {
  if (isOf(record, 'RegistryGenesis')) return [record.signed.statement.credentialSubject.logKey];
  if (isOf(record, 'KeyRotation'))
    return record.signed.statement.credentialSubject.logKeys?.add ?? [];
  return [];
}
