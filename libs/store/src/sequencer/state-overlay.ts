import { canonicalize, type StateView, type StateWrite } from '#lib/documents';
import { StoredValue } from './stored-value.js';

/** What a batch knows of one state key. */
interface Slot {
  stored: StoredValue | undefined;
  /** The view of the statement whose turn it is, if that statement touches the key. */
  view: StatementState | undefined;
  /** How many of the statements that were announced have yet to see it. */
  awaited: number;
}

/** Decision state as one statement sees it. */
export interface StatementState extends StateView {
  /** Takes over the statement's writes, all or none of them. */
  write(writes: readonly StateWrite[]): void;
}

/** Decision state as a batch sees it: what was loaded, under what the batch has written so far. */
export class StateOverlay {
  readonly #loaded: ReadonlyMap<string, StoredValue>;
  /** A key is long, and made anew by whoever asks for it: it is looked up once for each question. */
  readonly #slots = new Map<string, Slot>();
  readonly #written = new Map<string, StoredValue | null>();

  /** A key that is missing in `loaded` has no value. */
  constructor(loaded: ReadonlyMap<string, StoredValue>) {
    this.#loaded = loaded;
  }

  /** Says that a statement is to come which touches these keys. */
  announce(touched: Iterable<string>): void {
    for (const key of touched) this.#slotOf(key).awaited++;
  }

  /**
   * What the next statement may see and write: the keys that it touches, until it is another's turn.
   * Another key is a decider's fault.
   */
  viewOf(touched: Iterable<string>): StatementState {
    const view: StatementState = {
      get: (key) => this.#touchedSlot(view, key, 'reads').stored?.value,
      write: (writes) => this.#write(view, writes),
    };
    for (const key of touched) {
      const slot = this.#slotOf(key);
      slot.view = view;
      slot.awaited--;
    }
    return view;
  }

  /** The last value written under each key, null where the key is removed. */
  get written(): ReadonlyMap<string, StoredValue | null> {
    return this.#written;
  }

  /**
   * Hands over what was written under keys that no announced statement has yet to see, once. A key
   * that is written again nevertheless is handed over again.
   */
  takeSettled(): Map<string, StoredValue | null> {
    const settled = new Map<string, StoredValue | null>();
    for (const [key, value] of this.#written) {
      if (this.#slots.get(key)!.awaited > 0) continue;
      settled.set(key, value);
      this.#written.delete(key);
    }
    return settled;
  }

  #write(view: StatementState, writes: readonly StateWrite[]): void {
    const ready = writes.map(([key, value]) => ({
      key,
      slot: this.#touchedSlot(view, key, 'writes'),
      stored: value === null ? undefined : new StoredValue(canonicalize(value), value),
    }));
    for (const { key, slot, stored } of ready) {
      this.#written.set(key, stored ?? null);
      slot.stored = stored;
    }
  }

  #touchedSlot(view: StatementState, key: string, verb: string): Slot {
    const slot = this.#slots.get(key);
    if (slot?.view !== view) throw new Error(`A decider ${verb} ${key}, which it does not touch`);
    return slot;
  }

  #slotOf(key: string): Slot {
    let slot = this.#slots.get(key);
    if (!slot) {
      slot = { stored: this.#loaded.get(key), view: undefined, awaited: 0 };
      this.#slots.set(key, slot);
    }
    return slot;
  }
}
