import { randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { MIN_STATUS_ENTRIES, statusListCredential, type StatusPurpose } from '#lib/credentials';
import { statusIndexKey, type CertificateState } from '#lib/materials';
import { refuse } from '#lib/problem';
import { statesOfKind } from '../ledger/ledger-state.js';
import { Registry } from '../registry.js';

/** A signed list is served again until the log grows, but not for longer than this. */
const CACHE_MS = 3_600_000;
const VALID_MS = 7 * 86_400_000;

/** How a free index is looked for: even in lists that are nearly full a few rounds will do. */
const DRAWN_AT_ONCE = 32;
const ROUNDS = 64;

/** Which standing of a certificate raises its bit: what was superseded is as final as revoked. */
const RAISED: Record<StatusPurpose, readonly CertificateState['status'][]> = {
  revocation: ['revoked', 'superseded'],
  suspension: ['suspended'],
};

interface CachedList {
  treeSize: number;
  /** By a clock that nobody sets. */
  signedAt: number;
  list: object;
}

/** The registry's Bitstring Status Lists, made from the ledger's state. */
@Injectable()
export class StatusRegister {
  private readonly cached = new Map<StatusPurpose, CachedList>();

  constructor(private readonly registry: Registry) {}

  /** The signed list for one purpose, as at the newest tree. */
  async list(purpose: StatusPurpose): Promise<object> {
    const treeSize = await this.registry.log.treeSize();
    const now = performance.now();
    const known = this.cached.get(purpose);
    if (known?.treeSize === treeSize && now - known.signedAt < CACHE_MS) return known.list;
    const list = await this.sign(purpose);
    this.cached.set(purpose, { treeSize, signedAt: now, list });
    return list;
  }

  /** Where a list is served, which is also its id. */
  url(purpose: StatusPurpose): string {
    return `${this.registry.identity.url}/status/${purpose}`;
  }

  /**
   * A random index that no certificate has yet, of those drawn: a run of numbers would tell who was
   * certified when. Another process may take it first; the ledger then refuses the certificate.
   * Throws `status-list-full`.
   */
  async freeIndex(): Promise<number> {
    for (let round = 0; round < ROUNDS; round++) {
      const drawn = Array.from({ length: DRAWN_AT_ONCE }, () => randomInt(MIN_STATUS_ENTRIES));
      const taken = await this.registry.ledger.states(drawn.flatMap(placesOf));
      const free = drawn.find((index) => !placesOf(index).some((key) => taken.has(key)));
      if (free !== undefined) return free;
    }
    throw refuse(
      'status-list-full',
      `The status lists hold ${MIN_STATUS_ENTRIES} certificates, and ${ROUNDS * DRAWN_AT_ONCE} draws found no free place.`,
    );
  }

  private async sign(purpose: StatusPurpose): Promise<object> {
    const certificates = await this.certificates();
    const raised = certificates
      .filter(({ status }) => RAISED[purpose].includes(status))
      .map(({ statusListIndex }) => Number(statusListIndex[purpose]));
    const validFrom = await this.registry.timeNow();
    const unsigned = statusListCredential({
      url: this.url(purpose),
      issuer: this.registry.identity.did,
      purpose,
      validFrom,
      validUntil: new Date(Date.parse(validFrom) + VALID_MS).toISOString(),
      raised,
    });
    return this.registry.sign(unsigned, validFrom);
  }

  private certificates(): Promise<CertificateState[]> {
    return statesOfKind<CertificateState>(this.registry, 'certificate');
  }
}

/** The places of an index: a certificate has the same one in both lists. */
function placesOf(index: number): string[] {
  return Object.keys(RAISED).map((purpose) => statusIndexKey(purpose, String(index)));
}
