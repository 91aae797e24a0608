import fs from 'node:fs';

/** Writes bodies to a file for the load process: each behind its length in four octets. */
export function writeBodies(file: string, bodies: readonly Uint8Array[]): void {
  const parts = bodies.flatMap((body) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return [length, body];
  });
  fs.writeFileSync(file, Buffer.concat(parts));
}

/** Bodies `first` up to `end`, which is out. */
export function readBodies(file: string, first: number, end: number): Buffer[] {
  const bytes = fs.readFileSync(file);
  const bodies: Buffer[] = [];
  for (let at = 0, n = 0; at < bytes.length && n < end; n++) {
    const start = at + 4;
    at = start + bytes.readUInt32BE(at);
    if (n >= first) bodies.push(bytes.subarray(start, at));
  }
  return bodies;
}
