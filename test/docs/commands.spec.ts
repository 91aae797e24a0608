import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { asSeen, commandBlocks, patternOf, type CommandBlock } from '../support/guide.js';
import { startRegistryProcess, type RegistryProcess } from '../support/registry-process.js';
import { shell, standIn } from '../support/shell.js';

/** In the order in which they build on each other; README runs the demo that others look at. */
const GUIDES = [
  'README.md',
  'docs/processor.md',
  'docs/auditor.md',
  'docs/buyer.md',
  'docs/operator.md',
];
const IN_THE_GUIDES = 'http://localhost:3000';
const MARK = '@@ block ';

jest.setTimeout(240_000);

describe('every command in the guides', () => {
  let registry: RegistryProcess | undefined;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lodestone-docs-'));

  beforeAll(async () => {
    standIn(folder);
    registry = await startRegistryProcess(folder, { LODESTONE_DOMAIN: 'localhost:3000' });
  });
  afterAll(async () => {
    await registry?.interrupt();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it.each(GUIDES)('of %s runs, and shows what the guide says', async (guide) => {
    const blocks = commandBlocks(guide);
    expect(blocks.length).toBeGreaterThan(0);
    const script = blocks
      .map(({ commands }, i) => `printf '\\n%s\\n' '${MARK}${i}'\n${commands}`)
      .join('\n');
    const { code, stdout, stderr } = await shell(
      folder,
      script.replaceAll(IN_THE_GUIDES, registry!.url),
      { LODESTONE_REGISTRY: registry!.url, NO_COLOR: '1' },
    );
    const outputs = stdout.replaceAll(registry!.url, IN_THE_GUIDES).split(/^@@ block \d+$/m);
    const last = blocks[outputs.length - 2]!;
    expect({ code, stderr, where: last.place }).toEqual({ code: 0, stderr, where: last.place });
    blocks.forEach((block, i) => expectSeen(block, outputs[i + 1]!));
  });
});

function expectSeen({ place, seen }: CommandBlock, output: string): void {
  if (seen !== undefined)
    expect(`${place}\n${asSeen(output)}`).toMatch(
      new RegExp(`^${place.replaceAll('.', '[.]')}\n${patternOf(seen).source.slice(1)}`),
    );
}
