import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { lodestone } from '../support/shell.js';

jest.setTimeout(60_000);

describe('what a newcomer gets wrong at the command line', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-mistakes-'));
  const run = (line: string) => lodestone(folder, line.split(' '));

  beforeAll(() => {
    fs.writeFileSync(path.join(folder, 'empty.json'), '{}');
    fs.writeFileSync(
      path.join(folder, 'trust.json'),
      '{"registries":[],"type":"LodestoneTrust","version":1}',
    );
  });
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  it.each(['localhost:3000', 'registry', 'ftp://localhost'])(
    'is told how to write the address of a registry when it is "%s"',
    async (registry) => {
      const { code, stderr } = await run(`submit empty.json --registry ${registry}`);
      expect(code).toBe(2);
      expect(stderr).toBe(
        `"${registry}" is no address of a registry; write it whole, such as http://localhost:3000.\n`,
      );
    },
  );

  it.each(['yesterday', '2027-02-15', '2027-02-15T09:00:00', '2027-13-01T00:00:00Z'])(
    'is told how to write the time of judgement when it is "%s", and nothing is judged',
    async (at) => {
      const { code, stdout, stderr } = await run(`verify empty.json --trust trust.json --at ${at}`);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toBe(
        `--at is "${at}"; write a time with its offset, such as 2027-02-15T09:00:00Z.\n`,
      );
    },
  );

  it.each(['2027', 'tomorrow', '2027-02-30'])(
    'is told how to write the governing date when it is "%s"',
    async (date) => {
      const { code, stderr } = await run(`assess empty.json --date ${date}`);
      expect(code).toBe(2);
      expect(stderr).toBe(`--date is "${date}"; write a date that exists, such as 2027-02-15.\n`);
    },
  );

  it('is shown no pointer where a whole file is at fault', async () => {
    fs.writeFileSync(path.join(folder, 'letter.txt'), 'Dear sirs');
    const { code, stderr } = await run('tree letter.txt');
    expect(code).toBe(1);
    expect(stderr).toContain('Not an evidence bundle');
    expect(stderr).not.toMatch(/^ {2}at/m);
  });

  it('can ask which version this is', async () => {
    const { code, stdout } = await run('--version');
    expect([code, stdout]).toEqual([0, '0.1.0\n']);
  });
});
