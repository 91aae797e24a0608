import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { auditLedger } from '#lib/store';
import { AuditMemory } from '../../apps/registry/src/ledger/audit-memory.js';
import { replayWith } from '../../apps/registry/src/ledger/reopen-statement.js';
import { edited, Forger } from '../support/forger.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

const SIZE = 7;
const AT = 4;

describe('an audit that goes on from one that was cut off', () => {
  let au: TestRegistry;
  let forger: Forger;
  let folder: string;
  let verified: number;
  const file = () => path.join(folder, 'memory.json');

  beforeAll(async () => {
    au = await startRegistry();
    for (let i = 1; i < SIZE; i++) await au.party(`Party ${i}`, ['processor']);
    forger = await Forger.of(au);
  });
  afterAll(async () => {
    await forger?.owner.end();
    await au?.close();
  });
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-memory-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  async function audit(memory = AuditMemory.at(file()), onPage = () => undefined as void) {
    const { pool, log } = forger;
    verified = 0;
    const read = memory.reader((body, documents) => {
      verified++;
      return au.registry.verifier.readSubmission(body, documents);
    });
    const onProgress = () => {
      memory.save();
      onPage();
    };
    const { findings } = await auditLedger({ pool, log, replay: replayWith(read), onProgress });
    return { memory, findings };
  }

  const cutOff = () =>
    expect(
      audit(undefined, () => {
        throw new Error('the power is gone');
      }),
    ).rejects.toThrow('the power is gone');

  it('verifies no signature twice, and every new one once', async () => {
    await cutOff();
    expect(verified).toBe(SIZE);
    const again = await audit();
    expect([again.findings, again.memory.isStale, verified]).toEqual([[], false, 0]);
    await forger.during(
      () => au.party('Latecomer', ['processor']),
      async () => {
        expect((await audit()).findings).toEqual([]);
        expect(verified).toBe(1);
      },
    );
  });

  it('counts for nothing when the bodies are not those that were verified', async () => {
    await cutOff();
    const rows = await forger.rows();
    const forged = rows.with(AT, edited(rows[AT]!, true));
    await forger.during(
      () => forger.replace(forged, { tree: true, signed: true }),
      async () => {
        const { memory } = await audit();
        expect(memory.isStale).toBe(true);
        const anew = await audit(memory.anew());
        expect(anew.memory.isStale).toBe(false);
        expect(verified).toBe(SIZE);
        expect(anew.findings).toContainEqual(
          expect.objectContaining({ name: 'unreadable', table: 'statement', index: AT }),
        );
        // What did not verify then is verified again, and found again.
        const later = await audit();
        expect([later.memory.isStale, verified]).toEqual([false, 1]);
        expect(later.findings).toEqual(anew.findings);
      },
    );
  });

  it('counts for nothing when the ledger is shorter than it was', async () => {
    await cutOff();
    const rows = await forger.rows();
    await forger.during(
      () => forger.replace(rows.slice(0, -1), { tree: true, signed: true, projections: true }),
      async () => expect((await audit()).memory.isStale).toBe(true),
    );
  });

  it('still looks at all that is not a signature', async () => {
    await cutOff();
    await forger.during(
      () => forger.owner.query(`UPDATE statement SET type = 'Release' WHERE index = ${AT}`),
      async () =>
        expect((await audit()).findings).toEqual([
          expect.objectContaining({ name: 'altered', table: 'statement', index: AT }),
        ]),
    );
  });

  it('remembers nothing behind a statement whose verdict is not known yet', async () => {
    const memory = AuditMemory.at(file());
    const verdicts: ((holds: boolean) => void)[] = [];
    const read = memory.reader(
      () =>
        new Promise((resolve, reject) =>
          verdicts.push((holds) => (holds ? resolve({} as never) : reject(new Error('forged')))),
        ),
    );
    const bodies = ['one', 'two', 'three', 'four'].map((text) => Buffer.from(text));
    const readings = bodies.map((body) => read(body, []).catch(() => undefined));
    const remembered = async (number: number, holds: boolean) => {
      verdicts[number]!(holds);
      await readings[number];
      memory.save();
      if (!fs.existsSync(file())) return undefined;
      const { opened, refused } = JSON.parse(fs.readFileSync(file(), 'utf8'));
      return [opened, refused];
    };
    expect(await remembered(1, false)).toBeUndefined();
    expect(await remembered(3, true)).toBeUndefined();
    expect(await remembered(0, true)).toEqual([2, [1]]);
    expect(await remembered(2, true)).toEqual([4, [1]]);
  });

  it('does not take another file for its memory', async () => {
    for (const text of [
      '',
      '{}',
      '[]',
      '{"opened":1}',
      '{"opened":1,"chain":"","refused":["x"]}',
    ]) {
      fs.writeFileSync(file(), text);
      expect(() => AuditMemory.at(file())).toThrow('is not what an audit has left');
    }
  });
});
