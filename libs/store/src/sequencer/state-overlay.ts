import { canonicalize, type Json, type StateView, type StateWrite } from '#lib/documents';

/**
 * Decision state as a batch sees it: what was loaded, under what the batch has written so far. What
 * is read is frozen, so that no decider can change what another reads.
 */
export class StateOverlay {
  readonly #loaded: ReadonlyMap<string, string>;
  readonly #written = new Map<string, string | null>();
  /** Values as they are read: many statements of a batch read the same keys. */
  readonly #read = new Map<string, Json | undefined>();

  /** `loaded` maps keys to RFC 8785 text; a key that is missing has no value. */
  constructor(loaded: ReadonlyMap<string, string>) {
    this.#loaded = loaded;
  }

  /** What one statement may see: the keys that it touches. Another key is a decider's fault. */
  viewOf(touched: ReadonlySet<string>): StateView {
    return {
      get: (key) => {
        requireTouched(touched, key, 'reads');
        if (!this.#read.has(key)) this.#read.set(key, this.#parse(key));
        return this.#read.get(key);
      },
    };
  }

  /** Takes over a statement's writes, all or none of them. */
  write(touched: ReadonlySet<string>, writes: readonly StateWrite[]): void {
    const texts = writes.map(([key, value]) => {
      requireTouched(touched, key, 'writes');
      return [key, value, value === null ? null : canonicalize(value)] as const;
    });
    for (const [key, value, text] of texts) {
      this.#written.set(key, text);
      this.#read.set(key, value === null ? undefined : frozen(value));
    }
  }

  /** The last value written under each key, null where the key is removed. */
  get written(): ReadonlyMap<string, string | null> {
    return this.#written;
  }

  #parse(key: string): Json | undefined {
    const text = this.#loaded.get(key);
    return text === undefined ? undefined : frozen(JSON.parse(text) as Json);
  }
}

function frozen(value: Json): Json {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) frozen(member);
  Object.freeze(value);
  return value;
}

function requireTouched(touched: ReadonlySet<string>, key: string, verb: string): void {
  if (!touched.has(key)) throw new Error(`A decider ${verb} ${key}, which it does not touch`);
}
