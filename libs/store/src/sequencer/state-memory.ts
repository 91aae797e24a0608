import type { StateWrites } from './batch-verdict.js';
import type { StoredValue } from './stored-value.js';

/** UTF-16 units of text in each of the two generations. */
const LIMIT = 2_000_000;

/**
 * Decision state as the last batch left it: parties, keys and facilities are asked for by every
 * statement of their own. It holds as long as nobody else has written, which the version of the head's
 * row tells: whoever writes state holds the lock on that row and writes it too.
 *
 * Bounded: when the young generation is full it becomes the old one, and what nobody asked for in all
 * that time is forgotten.
 */
export class StateMemory {
  #young = new Map<string, StoredValue>();
  #old = new Map<string, StoredValue>();
  #size = 0;

  constructor(private readonly limit = LIMIT) {}

  /** What is remembered of those keys. */
  recall(keys: Iterable<string>): Map<string, StoredValue> {
    const recalled = new Map<string, StoredValue>();
    for (const key of keys) {
      const value = this.#young.get(key) ?? this.#old.get(key);
      if (value) recalled.set(key, value);
    }
    return recalled;
  }

  /** Takes over what a committed batch has read, and then written. */
  keep(read: ReadonlyMap<string, StoredValue>, writes: StateWrites): void {
    for (const [key, value] of read) if (!writes.has(key)) this.#set(key, value);
    for (const [key, value] of writes)
      if (value) this.#set(key, value);
      else this.#delete(key);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#size = 0;
  }

  #set(key: string, value: StoredValue): void {
    const before = this.#young.get(key);
    if (before === value) return;
    this.#size += sizeOf(key, value) - (before ? sizeOf(key, before) : 0);
    this.#young.set(key, value);
    if (this.#size <= this.limit) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#size = 0;
  }

  #delete(key: string): void {
    const before = this.#young.get(key);
    if (before) this.#size -= sizeOf(key, before);
    this.#young.delete(key);
    this.#old.delete(key);
  }
}

const sizeOf = (key: string, { text }: StoredValue) => key.length + text.length;
