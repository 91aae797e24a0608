// The ceiling for HTTP: a server of node:http and nothing else. It reads and verifies each body on
// worker threads, by the very code of the registry, and inserts the bytes in batches; it knows no
// rules, no chain, no tree, no receipt. Runs as a process of its own.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { VerifierPool } from '#lib/keys';
import pg from 'pg';
import { byteaArray } from '../../libs/store/src/sequencer/binary-array.js';

interface Waiting {
  digest: string;
  bytes: Uint8Array;
  done(error?: Error): void;
}

const BATCH = 256;
const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 1 });
const verifier = new VerifierPool();
const waiting: Waiting[] = [];
let isInserting = false;

await pool.query('CREATE TABLE bare (digest bytea NOT NULL, bytes bytea NOT NULL)');
const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => void answer(Buffer.concat(chunks), response));
});
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());

async function answer(body: Buffer, response: http.ServerResponse): Promise<void> {
  try {
    const { submission } = await verifier.readSubmission(body);
    await insert(submission.digest, submission.bytes);
    const text = JSON.stringify({ digest: submission.digest });
    response.writeHead(201, {
      'content-type': 'application/json',
      'content-length': text.length,
    });
    response.end(text);
  } catch (error) {
    response.writeHead(500, { 'content-length': 0 }).end();
    console.error(error);
  }
}

function insert(digest: string, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error) => (error ? reject(error) : resolve());
    waiting.push({ digest, bytes, done });
    if (!isInserting) void insertAll();
  });
}

async function insertAll(): Promise<void> {
  isInserting = true;
  await Promise.resolve();
  while (waiting.length > 0) {
    const batch = waiting.splice(0, BATCH);
    try {
      await pool.query({
        name: 'bare insert',
        text: 'INSERT INTO bare SELECT * FROM unnest($1::bytea[], $2::bytea[])',
        values: [
          byteaArray(batch.map(({ digest }) => Buffer.from(digest, 'hex'))),
          byteaArray(batch.map(({ bytes }) => bytes)),
        ],
      });
      for (const { done } of batch) done();
    } catch (error) {
      for (const { done } of batch) done(error as Error);
    }
  }
  isInserting = false;
}
