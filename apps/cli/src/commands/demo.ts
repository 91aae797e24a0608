import type { Command } from 'commander';
import { runDemo } from '../demo/demo.js';

/** `lodestone demo`: two registries, one honest chain, eleven frauds; illustrative, all firms fictitious. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('two jurisdictions, an honest chain from mine to magnet, and the frauds refused')
    .option('--json', 'print one JSON object on one line once all is done, and nothing else')
    .option('--keep', 'leave the registries running afterwards, until a signal')
    .action(async (options: { json?: boolean; keep?: boolean }) => {
      process.exitCode = await runDemo(options);
    });
}
