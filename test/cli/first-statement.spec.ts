import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { startRegistryProcess, type RegistryProcess } from '../support/registry-process.js';
import { lodestone, shell, standIn } from '../support/shell.js';

jest.setTimeout(120_000);

/** What `npm start` promises on its first screen; each test goes on where the one before ended. */
describe('the three lines that npm start prints', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone first '));
  const settings = { LODESTONE_DOMAIN: 'registry.example', LODESTONE_JURISDICTION: 'AU' };
  let registry: RegistryProcess | undefined;

  beforeAll(async () => {
    standIn(folder);
    registry = await startRegistryProcess(folder, settings);
  });
  afterAll(async () => {
    await registry?.interrupt();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  const sizeOf = async ({ url }: RegistryProcess) =>
    Number((await (await fetch(`${url}/log/checkpoint`)).text()).split('\n')[1]);
  const postmaster = path.join(folder, '.lodestone/database/pg/postmaster.pid');
  const databasePort = () => Number(fs.readFileSync(postmaster, 'utf8').split('\n')[3]);

  it('make a key, sign a first statement, and get a receipt for it', async () => {
    const lines = registry!.welcome
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.startsWith('npx '));
    expect(lines).toHaveLength(3);
    const { code, stdout, stderr } = await shell(folder, lines.join('\n'));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const receipt = stdout.slice(stdout.indexOf('recorded'));
    expect(receipt).toMatch(
      /^recorded {3}registry\.example\/log#1 at \S+Z\nstatement {2}[0-9a-f]{64}\n/,
    );
    expect(receipt).toContain('c2sp.org/tlog-proof@v1\nindex 1\n');
    expect(await sizeOf(registry!)).toBe(2);
  });

  it('work in the repository too, where npx finds the program that npm has built', async () => {
    const { code, stdout } = await shell(process.cwd(), 'npx lodestone --help');
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Usage: lodestone'),
    });
  });

  it('end at Ctrl-C: the exit status is 0, and neither port nor database is left', async () => {
    const ports = [Number(new URL(registry!.url).port), databasePort()];
    for (const port of ports) expect(await answers(port)).toBe(true);
    expect(await registry!.interrupt()).toBe(0);
    for (const port of ports) expect(await answers(port)).toBe(false);
    expect(fs.existsSync(postmaster)).toBe(false);
  });

  it('may not be another registry’s when it starts again on the same data', async () => {
    const other = startRegistryProcess(folder, { LODESTONE_DOMAIN: 'other.example' });
    await expect(other).rejects.toThrow(
      /^exit 1: lodestone: This database is the registry of registry\.example and stays so: LODESTONE_DOMAIN says other\.example\. Unset it, or start a new registry/,
    );
  });

  it('go on in the same log when it starts again, which takes more statements', async () => {
    registry = await startRegistryProcess(folder);
    expect(registry.welcome).toContain('log        registry.example/log');
    expect(await sizeOf(registry)).toBe(2);
    const again = await lodestone(folder, ['submit', 'first.json', '--registry', registry.url]);
    expect(again.stdout).toContain('recorded   registry.example/log#1 at');
    const next = registry.welcome
      .split('\n')
      .filter((line) => line.trim().startsWith('npx '))
      .join('\n')
      .replaceAll('processor.key.json', 'second.key.json')
      .replaceAll('first.json', 'second.json');
    expect((await shell(folder, next)).stdout).toContain('recorded   registry.example/log#2 at');
    expect(await sizeOf(registry)).toBe(3);
  });
});

/** Whether anything accepts a connection there. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
