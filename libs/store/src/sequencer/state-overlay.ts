import { canonicalize, type Json, type StateView, type StateWrite } from '#lib/documents';

/**
 * Decision state as a batch sees it: what was loaded, under what the batch has written so far. Values
 * are kept as text, so that no decider can change what another reads.
 */
export class StateOverlay {
  readonly #loaded: ReadonlyMap<string, string>;
  readonly #written = new Map<string, string | null>();

  /** `loaded` maps keys to RFC 8785 text; a key that is missing has no value. */
  constructor(loaded: ReadonlyMap<string, string>) {
    this.#loaded = loaded;
  }

  /** What one statement may see: the keys that it touches. Another key is a decider's fault. */
  viewOf(touched: ReadonlySet<string>): StateView {
    return {
      get: (key) => {
        requireTouched(touched, key, 'reads');
        const text = this.#written.has(key) ? this.#written.get(key) : this.#loaded.get(key);
        return text === undefined || text === null ? undefined : (JSON.parse(text) as Json);
      },
    };
  }

  /** Takes over a statement's writes, all or none of them. */
  write(touched: ReadonlySet<string>, writes: readonly StateWrite[]): void {
    const texts = writes.map(([key, value]) => {
      requireTouched(touched, key, 'writes');
      return [key, value === null ? null : canonicalize(value)] as const;
    });
    for (const [key, text] of texts) this.#written.set(key, text);
  }

  /** The last value written under each key, null where the key is removed. */
  get written(): ReadonlyMap<string, string | null> {
    return this.#written;
  }
}

function requireTouched(touched: ReadonlySet<string>, key: string, verb: string): void {
  if (!touched.has(key)) throw new Error(`A decider ${verb} ${key}, which it does not touch`);
}
