import type { Json } from '#lib/documents';

/**
 * A value of decision state: its RFC 8785 text, and what it says once somebody has asked. It is read
 * once for all who share it, and frozen, so that no decider can change what another reads.
 */
export class StoredValue {
  #value: Json | undefined;

  constructor(
    readonly text: string,
    value?: Json,
  ) {
    if (value !== undefined) this.#value = frozen(value);
  }

  get value(): Json {
    return (this.#value ??= frozen(JSON.parse(this.text) as Json));
  }
}

function frozen(value: Json): Json {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) frozen(member);
  Object.freeze(value);
  return value;
}
