// A reader of the log that shares no line with libs/: written from the texts of C2SP signed-note,
// tlog-checkpoint, tlog-tiles and tlog-proof, RFC 6962 §2.1, RFC 9162 §2.1.3.2 and RFC 8785 alone,
// with nothing but Node. If it and the registry agree, an auditor's own program will agree as well.
//
//   node independent-reader.mjs <URL or folder of the log> <vkey> [--proof <file> <entry file>]...
//
// Prints what it found as one JSON object. Exits 1 with the reason when the log does not hold.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const WIDTH = 256;
const [, , location, vkey, ...flags] = process.argv;

try {
  console.log(JSON.stringify(await readWholeLog(location, openKey(vkey), flags)));
} catch (reason) {
  console.error(reason instanceof Error ? reason.message : String(reason));
  process.exitCode = 1;
}

async function readWholeLog(place, key, rest) {
  const { origin, size, root } = openCheckpoint(await get(place, 'checkpoint'), key);
  const entries = await readEntries(place, size);
  demandChain(entries, origin);
  const leaves = entries.map((entry) => sha256(Buffer.of(0x00), entry));
  demand(treeHash(leaves).equals(root), 'the entries do not hash to the signed root');
  const tiles = await demandTiles(place, leaves);
  let proofs = 0;
  for (let i = 0; i < rest.length; i += 3, proofs += 1) {
    demand(rest[i] === '--proof', `unknown option ${rest[i]}`);
    const [proof, entry] = await Promise.all([readFile(rest[i + 1]), readFile(rest[i + 2])]);
    demandProof(proof, entry, key, leaves);
  }
  return { origin, size, root: root.toString('base64'), tiles, proofs };
}

// —— C2SP signed-note: verifier keys, notes ——

function openKey(text) {
  const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/u.exec(text ?? '') ?? [];
  demand(name !== undefined, 'the second argument is not a vkey');
  const typed = Buffer.from(encoded, 'base64');
  demand(typed.length === 33 && typed[0] === 0x01, 'the vkey is not an Ed25519 key');
  demand(sha256(Buffer.from(`${name}\n`), typed).toString('hex', 0, 4) === id, 'wrong key id');
  const x = typed.subarray(1).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return { name, id, publicKey };
}

function openCheckpoint(bytes, { name, id, publicKey }) {
  const note = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const end = note.lastIndexOf('\n\n');
  demand(end >= 0 && note.endsWith('\n'), 'the checkpoint is not a signed note');
  const text = note.slice(0, end + 1);
  const ours = note
    .slice(end + 2, -1)
    .split('\n')
    .map((line) => /^\u2014 (\S+) (\S+)$/u.exec(line) ?? ['', '', ''])
    .map(([, signer, encoded]) => ({ signer, bytes: Buffer.from(encoded, 'base64') }))
    .filter((line) => line.signer === name && line.bytes.toString('hex', 0, 4) === id);
  demand(ours.length > 0, `no signature by ${name}`);
  for (const line of ours)
    demand(
      verify(null, Buffer.from(text), publicKey, line.bytes.subarray(4)),
      'the signature of the checkpoint does not verify',
    );
  const [, origin, digits, encoded] = /^(.+)\n(0|[1-9]\d*)\n(.{44})\n/u.exec(text) ?? [];
  demand(origin === name, `the checkpoint is of ${origin}, not of ${name}`);
  return { origin, size: Number(digits), root: Buffer.from(encoded, 'base64') };
}

// —— C2SP tlog-tiles ——

async function get(place, file) {
  if (!/^https?:/.test(place)) return readFile(path.join(place, file));
  const response = await fetch(`${place.replace(/\/$/, '')}/${file}`);
  demand(response.ok, `GET ${file} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

function tilePath(level, index, width) {
  const groups = String(index)
    .padStart(3 * Math.ceil(String(index).length / 3), '0')
    .match(/.{3}/g);
  const number = groups.map((group, i) => (i + 1 < groups.length ? `x${group}` : group)).join('/');
  return `tile/${level}/${number}${width < WIDTH ? `.p/${width}` : ''}`;
}

async function readEntries(place, size) {
  const entries = [];
  while (entries.length < size) {
    const width = Math.min(WIDTH, size - entries.length);
    const bytes = await get(place, tilePath('entries', entries.length / WIDTH, width));
    let offset = 0;
    for (let i = 0; i < width; i += 1) {
      demand(offset + 2 <= bytes.length, 'an entry bundle is too short');
      const end = offset + 2 + bytes.readUInt16BE(offset);
      demand(end <= bytes.length, 'an entry bundle is too short');
      entries.push(bytes.subarray(offset + 2, end));
      offset = end;
    }
    demand(offset === bytes.length, 'an entry bundle is too long');
  }
  return entries;
}

/** Every tile of the tree: hash i of tile (L, N) is MTH(D[(N·256+i)·256^L : (N·256+i+1)·256^L]). */
async function demandTiles(place, leaves) {
  let tiles = 0;
  let hashes = leaves;
  for (let level = 0; hashes.length > 0; level += 1) {
    const above = [];
    for (let start = 0; start < hashes.length; start += WIDTH, tiles += 1) {
      const tile = hashes.slice(start, start + WIDTH);
      const served = await get(place, tilePath(level, start / WIDTH, tile.length));
      demand(served.equals(Buffer.concat(tile)), `tile ${level}/${start / WIDTH} is another`);
      if (tile.length === WIDTH) above.push(treeHash(tile));
    }
    hashes = above;
  }
  return tiles;
}

// —— RFC 6962 §2.1: MTH, over leaf hashes ——

function treeHash(leaves) {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0];
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.of(0x01), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

// —— C2SP tlog-proof, with the verification of RFC 9162 §2.1.3.2 ——

function demandProof(bytes, entry, key, leaves) {
  const text = bytes.toString('utf8');
  const [, digits, hashes, note] =
    /^c2sp\.org\/tlog-proof@v1\nindex (0|[1-9]\d*)\n((?:[A-Za-z0-9+/]{43}=\n)*)\n([^]*)$/.exec(
      text,
    ) ?? [];
  demand(digits !== undefined, 'not a tlog-proof');
  const { size, root } = openCheckpoint(Buffer.from(note), key);
  demand(size <= leaves.length, 'the proof is of a larger tree than the log has');
  demand(treeHash(leaves.slice(0, size)).equals(root), 'the checkpoint of the proof is of a fork');
  const index = BigInt(digits);
  demand(index < BigInt(size), 'the proof is of an entry beyond its tree');
  let fn = index;
  let sn = BigInt(size) - 1n;
  let r = sha256(Buffer.of(0x00), entry);
  for (const p of hashes
    .split('\n')
    .slice(0, -1)
    .map((hash) => Buffer.from(hash, 'base64'))) {
    demand(sn !== 0n, 'the proof is too long');
    if ((fn & 1n) === 1n || fn === sn) {
      r = sha256(Buffer.of(0x01), p, r);
      for (; (fn & 1n) === 0n && fn !== 0n; fn >>= 1n) sn >>= 1n;
    } else r = sha256(Buffer.of(0x01), r, p);
    fn >>= 1n;
    sn >>= 1n;
  }
  demand(sn === 0n && r.equals(root), 'the proof does not lead to the signed root');
}

// —— The ledger's own rule: RFC 8785 entries, each naming the leaf hash of the one before ——

function demandChain(entries, origin) {
  let previous = '0'.repeat(64);
  let time = '';
  entries.forEach((bytes, index) => {
    const { digest, recordedAt } = JSON.parse(bytes.toString('utf8'));
    const expected = JSON.stringify({ digest, index, origin, previous, recordedAt });
    demand(bytes.equals(Buffer.from(expected)), `the chain breaks at entry ${index}`);
    demand(/^[0-9a-f]{64}$/.test(digest), `entry ${index} has no digest`);
    demand(recordedAt >= time, `entry ${index} was recorded before the one before it`);
    previous = sha256(Buffer.of(0x00), bytes).toString('hex');
    time = recordedAt;
  });
}

function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function demand(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}
