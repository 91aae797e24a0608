import { hashes, Point, sign, utils } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { fromHex } from '#lib/documents';
import smallOrder from '../vectors/ed25519/small-order.json' with { type: 'json' };

/** A signature on the edge of what a verifier may admit. */
export interface EdgeVector {
  name: string;
  publicKey: Uint8Array;
  message: Uint8Array;
  signature: Uint8Array;
}

hashes.sha512 = sha512;

const L = Point.CURVE().n;
const P = Point.CURVE().p;
const SEED = new Uint8Array(32).fill(7);
const text = (words: string) => new TextEncoder().encode(words);

/** The point encodings of small order: eight points, six more ways to write them. */
export const SMALL_ORDER = smallOrder.encodings.map(fromHex);

/** Every vector below, in one list. */
export function edgeVectors(): EdgeVector[] {
  return [
    ...smallOrderPairs(),
    ...smallOrderHalves(),
    ...mixedOrder(),
    ...largeScalars(),
    ...nonCanonical(),
    ...wrongShapes(),
    ...flippedBits(),
  ];
}

/** A valid signature, for vectors that spoil one. */
export function honest(message = text('Nd2O3, 500 kg')): EdgeVector {
  const publicKey = utils.getExtendedPublicKey(SEED).pointBytes;
  return { name: 'honest', publicKey, message, signature: sign(message, SEED) };
}

/**
 * A key with a torsion component, and a signature by it: A + T and R + U, where T and U are of small
 * order, so that the cofactored equation always holds and the cofactorless one sometimes.
 */
export function mixedOrderSignature(t: Point, u: Point, message: Uint8Array): EdgeVector {
  const { scalar, point } = utils.getExtendedPublicKey(SEED);
  const nonce = 0x1234567890abcdefn;
  const publicKey = point.add(t).toBytes();
  const r = Point.BASE.multiply(nonce).add(u).toBytes();
  const k = littleEndian(sha512(Uint8Array.of(...r, ...publicKey, ...message))) % L;
  const s = (nonce + k * scalar) % L;
  return {
    name: `A + torsion, R + torsion: ${t.toHex()} ${u.toHex()}`,
    publicKey,
    message,
    signature: Uint8Array.of(...r, ...encode(s)),
  };
}

/** The eight points of small order. */
export const TORSION = [
  ...new Set(SMALL_ORDER.map((bytes) => Point.fromBytes(bytes, true).toHex())),
].map((hex) => Point.fromHex(hex, true));

function smallOrderPairs(): EdgeVector[] {
  return SMALL_ORDER.flatMap((publicKey, i) =>
    SMALL_ORDER.flatMap((r, j) =>
      [0, 1, 2, 3].map((n) => ({
        name: `small-order A ${i}, small-order R ${j}, S = 0, message ${n}`,
        publicKey,
        message: text(`message ${n}`),
        signature: Uint8Array.of(...r, ...encode(0n)),
      })),
    ),
  );
}

function smallOrderHalves(): EdgeVector[] {
  const { publicKey, message, signature } = honest();
  return SMALL_ORDER.flatMap((point, i) => [
    { name: `small-order A ${i}, honest R`, publicKey: point, message, signature },
    {
      name: `honest A, small-order R ${i}`,
      publicKey,
      message,
      signature: Uint8Array.of(...point, ...signature.subarray(32)),
    },
  ]);
}

function mixedOrder(): EdgeVector[] {
  return TORSION.flatMap((t) => TORSION.map((u) => mixedOrderSignature(t, u, text('mixed'))));
}

function largeScalars(): EdgeVector[] {
  const { publicKey, message, signature } = honest();
  const s = littleEndian(signature.subarray(32));
  return [s + L, s + 2n * L, s + 8n * L, L, L - 1n, L + 1n, 2n ** 256n - 1n, 0n].map((scalar) => ({
    name: `S = ${scalar}`,
    publicKey,
    message,
    signature: Uint8Array.of(...signature.subarray(0, 32), ...encode(scalar)),
  }));
}

/** Encodings of y + p for the nineteen values of y that leave room, with both signs. */
function nonCanonical(): EdgeVector[] {
  const { publicKey, message, signature } = honest();
  return Array.from({ length: 19 }, (_, y) => y).flatMap((y) =>
    [0n, 1n].flatMap((signOfX) => {
      const point = encode(P + BigInt(y) + (signOfX << 255n));
      const s = signature.subarray(32);
      return [
        { name: `A = p + ${y}`, publicKey: point, message, signature },
        { name: `R = p + ${y}`, publicKey, message, signature: Uint8Array.of(...point, ...s) },
      ];
    }),
  );
}

function wrongShapes(): EdgeVector[] {
  const { publicKey, message, signature } = honest();
  const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);
  const keys = [0, 31, 33, 64].map((length) => filled(length, 1));
  const signatures = [0, 63, 65, 128].map((length) => filled(length, 1));
  const bytes = [0, 1, 2, 0x7f, 0x80, 0xff];
  return [
    ...keys.map((key) => ({ name: `${key.length}-byte key`, publicKey: key, message, signature })),
    ...signatures.map((each) => ({
      name: `${each.length}-byte signature`,
      publicKey,
      message,
      signature: each,
    })),
    {
      name: 'a byte behind the signature',
      publicKey,
      message,
      signature: Uint8Array.of(...signature, 0),
    },
    ...bytes.map((byte) => ({
      name: `key of ${byte}s`,
      publicKey: filled(32, byte),
      message,
      signature,
    })),
    ...bytes.map((byte) => ({
      name: `signature of ${byte}s`,
      publicKey,
      message,
      signature: filled(64, byte),
    })),
  ];
}

function flippedBits(): EdgeVector[] {
  const { publicKey, message, signature } = honest();
  return Array.from({ length: 64 }, (_, byte) => {
    const flipped = signature.slice();
    flipped[byte]! ^= 1 << (byte % 8);
    return { name: `bit flipped in byte ${byte}`, publicKey, message, signature: flipped };
  });
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function encode(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}
