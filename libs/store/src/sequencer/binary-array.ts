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
const INT8_SIZE = 8;

/** A `bytea[]` parameter. */
export function byteaArray(values: readonly Uint8Array[]): Buffer {
  let size = HEADER_SIZE;
  for (const { length } of values) size += LENGTH_SIZE + length;
  const array = begin(BYTEA, values.length, size);
  let offset = HEADER_SIZE;
  for (const value of values) {
    offset = array.writeInt32BE(value.length, offset);
    array.set(value, offset);
    offset += value.length;
  }
  return array;
}

/** A `text[]` parameter. */
export function textArray(values: readonly string[]): Buffer {
  let size = HEADER_SIZE;
  for (const value of values) size += LENGTH_SIZE + Buffer.byteLength(value);
  const array = begin(TEXT, values.length, size);
  let offset = HEADER_SIZE;
  for (const value of values) {
    const length = array.write(value, offset + LENGTH_SIZE);
    offset = array.writeInt32BE(length, offset) + length;
  }
  return array;
}

/** An `int8[]` parameter, of integers that a double holds exactly. */
export function int8Array(values: readonly number[]): Buffer {
  const array = begin(INT8, values.length, HEADER_SIZE + values.length * (LENGTH_SIZE + INT8_SIZE));
  let offset = HEADER_SIZE;
  for (const value of values) {
    offset = array.writeInt32BE(INT8_SIZE, offset);
    offset = array.writeInt32BE(Math.floor(value / 2 ** 32), offset);
    offset = array.writeUInt32BE(value >>> 0, offset);
  }
  return array;
}

/** An array of that many octets, with its header written. */
function begin(elementType: number, length: number, size: number): Buffer {
  const array = Buffer.allocUnsafe(size);
  let offset = 0;
  for (const word of [1, 0, elementType, length, 1]) offset = array.writeInt32BE(word, offset);
  return array;
}
