/**
 * Arrays in PostgreSQL's binary wire format (array_recv in src/backend/utils/adt/arrayfuncs.c):
 * int32 dimensions, int32 has-nulls, int32 element type, then for the one dimension int32 length
 * and int32 lower bound, then each element behind its int32 length. `pg` would send them as text,
 * in which every octet of a body costs two digits and an escape, at half the speed.
 */

const BYTEA = 17;
const INT8 = 20;
const TEXT = 25;
const HEADER_SIZE = 20;
const LENGTH_SIZE = 4;

/** A `bytea[]` parameter. */
export function byteaArray(values: readonly Uint8Array[]): Buffer {
  return encode(BYTEA, values);
}

/** A `text[]` parameter. */
export function textArray(values: readonly string[]): Buffer {
  return encode(
    TEXT,
    values.map((value) => Buffer.from(value)),
  );
}

/** An `int8[]` parameter, of integers that a double holds exactly. */
export function int8Array(values: readonly number[]): Buffer {
  return encode(
    INT8,
    values.map((value) => {
      const bytes = Buffer.allocUnsafe(8);
      bytes.writeBigInt64BE(BigInt(value));
      return bytes;
    }),
  );
}

function encode(elementType: number, elements: readonly Uint8Array[]): Buffer {
  const size = elements.reduce((sum, { length }) => sum + LENGTH_SIZE + length, HEADER_SIZE);
  const array = Buffer.allocUnsafe(size);
  let offset = 0;
  for (const word of [1, 0, elementType, elements.length, 1])
    offset = array.writeInt32BE(word, offset);
  for (const element of elements) {
    offset = array.writeInt32BE(element.length, offset);
    array.set(element, offset);
    offset += element.length;
  }
  return array;
}
