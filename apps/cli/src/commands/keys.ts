import type { Command } from 'commander';
import { generateKey, signerOf, writeKeyFile } from '#lib/keys';

/** `lodestone keygen FILE`: a party's key, which never leaves this machine. */
export function addKeyCommands(program: Command): void {
  program
    .command('keygen <file>')
    .description('make an Ed25519 key, mode 0600; prints its did:key, the party’s name')
    .option('--json', 'print one JSON object')
    .action((file: string, { json }: { json?: boolean }) => {
      const key = generateKey();
      writeKeyFile(file, key);
      const { did, publicKeyMultibase } = signerOf(key);
      console.log(json ? JSON.stringify({ did, publicKeyMultibase, file }) : did);
    });
}
