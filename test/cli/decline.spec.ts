import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { generateKey, signerOf, writeKeyFile } from '#lib/keys';
import { CommandLine, oneLine } from '../support/command-line.js';
import { bundleOf, certify, makeOxide, release } from '../support/registry-journey.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

jest.setTimeout(120_000);

describe('lodestone decline', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-decline-'));
  let au: TestRegistry;
  let us: TestRegistry;
  let atHome: CommandLine;
  let abroad: CommandLine;
  let isReleased: () => Promise<boolean>;
  const decline = [
    'decline',
    'released.evidence.json',
    '--key',
    'importer.key.json',
    '--reason',
    'The order was cancelled.',
  ];

  beforeAll(async () => {
    au = await startRegistry({ jurisdiction: 'AU' });
    us = await startRegistry({ jurisdiction: 'US' });
    await Promise.all([au, us].map(({ app }) => app.listen(0, '127.0.0.1')));
    const urls = await Promise.all([au, us].map(({ app }) => app.getUrl()));
    [atHome, abroad] = urls.map((url) => new CommandLine(folder, () => url)) as [
      CommandLine,
      CommandLine,
    ];
    const { separator, oxide } = await makeOxide(au);
    const importer = await keyOf(us, 'importer');
    await keyOf(us, 'stranger');
    const certificate = await certify(au, separator, oxide);
    await release(au, separator, oxide, certificate.id, us, importer);
    fs.writeFileSync(path.join(folder, 'released.evidence.json'), await bundleOf(au, certificate));
    isReleased = async () => {
      const { body } = await au
        .http()
        .get(`/batches/${encodeURIComponent(oxide)}`)
        .set('authorization', await au.session(separator));
      return body.release !== null;
    };
  });
  afterAll(async () => {
    await au?.close();
    await us?.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Registers a processor whose key lies in the folder; gives its DID. */
  async function keyOf(registry: TestRegistry, name: string): Promise<string> {
    const key = generateKey();
    writeKeyFile(path.join(folder, `${name}.key.json`), key);
    const signer = signerOf(key);
    const { jurisdiction: country } = registry.configuration;
    const { did: id, publicKeyMultibase } = signer;
    const subject = { id, name, country, roles: ['processor'], keys: [publicKeyMultibase] };
    await registry.say(registry.authority, 'PartyRegistration', subject, { with: [signer] });
    return id;
  }

  it('is refused to a stranger, and says who may', async () => {
    const asStranger = decline.map((word) => word.replace('importer.key', 'stranger.key'));
    const { code, stderr } = await abroad.run(asStranger);
    expect(code).toBe(1);
    expect(stderr).toContain('urn:lodestone:problem:not-mandated');
    expect(stderr).toContain('→ Let the importer whom the release names');
  });

  it('writes a refusal that opens the batch again once it is submitted at home', async () => {
    expect(await isReleased()).toBe(true);
    const said = await abroad.output([...decline, '--out', 'declined.json']);
    expect(said).toMatch(/^recorded {3}us\.registry\.example\/log#\d+ at /);
    expect(await atHome.output(['submit', 'declined.json'])).toContain(
      'recorded   au.registry.example/log#',
    );
    expect(await isReleased()).toBe(false);
  });

  it('gives the refusal that stands when asked again, to a pipe or as one line of JSON', async () => {
    const written = fs.readFileSync(path.join(folder, 'declined.json'), 'utf8');
    expect(await abroad.output(decline)).toBe(written);
    const { statement, receipt } = oneLine(await abroad.output([...decline, '--json']));
    expect(statement).toEqual(JSON.parse(written).statement);
    expect(receipt.origin).toBe('us.registry.example/log');
  });
});
