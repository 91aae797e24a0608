import type pg from 'pg';
import type { Cell, Column, TableRows } from './table-rows.js';

/** `pg`'s connection, as far as COPY needs it; the package's types leave it out. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sync(): void;
}

/** Sends rows by COPY … FROM STDIN in PostgreSQL's binary format. */
export function copyIn(client: pg.ClientBase, rows: TableRows): Promise<void> {
  return new Promise((resolve, reject) => {
    const columns = rows.columns.map(({ name }) => name).join(', ');
    const text = `COPY ${rows.table} (${columns}) FROM STDIN (FORMAT binary)`;
    // A Submittable of pg: it answers the messages of the protocol itself.
    client.query({
      submit: (connection: CopyConnection) => connection.query(text),
      handleCopyInResponse: (connection: CopyConnection) => {
        connection.sendCopyFromChunk(encode(rows));
        connection.endCopyFrom();
      },
      handleError: reject,
      handleReadyForQuery: () => resolve(),
      handleCommandComplete: () => undefined,
      handleRowDescription: () => undefined,
      handleDataRow: () => undefined,
    } as unknown as pg.Submittable);
  });
}

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const EPOCH_MS = Date.UTC(2000, 0, 1);

function encode({ columns, rows }: TableRows): Buffer {
  const parts: Buffer[] = [SIGNATURE, Buffer.alloc(8)];
  for (const row of rows) {
    parts.push(int16(columns.length));
    row.forEach((cell, i) => {
      const bytes = encodeCell(cell, columns[i]!);
      parts.push(int32(bytes.length), bytes);
    });
  }
  parts.push(int16(-1));
  return Buffer.concat(parts);
}

function encodeCell(cell: Cell, { type }: Column): Buffer {
  if (Buffer.isBuffer(cell)) return cell;
  if (type === 'bigint') return int64(BigInt(cell));
  if (type === 'smallint') return int16(Number(cell));
  if (type === 'time') return int64(BigInt(Date.parse(String(cell)) - EPOCH_MS) * 1000n);
  return Buffer.from(String(cell));
}

function int16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}
