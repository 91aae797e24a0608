import { canonicalize, type Json, type StateView, type StateWrite } from '#lib/documents';

/** What a batch knows of one state key. */
interface Slot {
  /** RFC 8785 text of the value; undefined when there is none. */
  text: string | undefined;
  /** The value once it was asked for: many statements of a batch read the same keys. */
  value: Json | undefined;
  isRead: boolean;
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

/**
 * Decision state as a batch sees it: what was loaded, under what the batch has written so far. What
 * is read is frozen, so that no decider can change what another reads.
 */
export class StateOverlay {
  readonly #loaded: ReadonlyMap<string, string>;
  /** A key is long, and made anew by whoever asks for it: it is looked up once for each question. */
  readonly #slots = new Map<string, Slot>();
  readonly #written = new Map<string, string | null>();

  /** `loaded` maps keys to RFC 8785 text; a key that is missing has no value. */
  constructor(loaded: ReadonlyMap<string, string>) {
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
      get: (key) => readSlot(this.#touchedSlot(view, key, 'reads')),
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
  get written(): ReadonlyMap<string, string | null> {
    return this.#written;
  }

  /**
   * Hands over what was written under keys that no announced statement has yet to see, once. A key
   * that is written again nevertheless is handed over again.
   */
  takeSettled(): Map<string, string | null> {
    const settled = new Map<string, string | null>();
    for (const [key, text] of this.#written) {
      if (this.#slots.get(key)!.awaited > 0) continue;
      settled.set(key, text);
      this.#written.delete(key);
    }
    return settled;
  }

  #write(view: StatementState, writes: readonly StateWrite[]): void {
    const ready = writes.map(([key, value]) => {
      const slot = this.#touchedSlot(view, key, 'writes');
      return { key, slot, value, text: value === null ? undefined : canonicalize(value) };
    });
    for (const { key, slot, value, text } of ready) {
      this.#written.set(key, text ?? null);
      slot.text = text;
      slot.value = value === null ? undefined : frozen(value);
      slot.isRead = true;
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
      const text = this.#loaded.get(key);
      slot = { text, value: undefined, isRead: false, view: undefined, awaited: 0 };
      this.#slots.set(key, slot);
    }
    return slot;
  }
}

function readSlot(slot: Slot): Json | undefined {
  if (!slot.isRead) {
    slot.value = slot.text === undefined ? undefined : frozen(JSON.parse(slot.text) as Json);
    slot.isRead = true;
  }
  return slot.value;
}

function frozen(value: Json): Json {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) frozen(member);
  Object.freeze(value);
  return value;
}
