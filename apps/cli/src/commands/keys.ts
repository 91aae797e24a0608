import type { Command } from 'commander';
import { generateKey, signerOf, writeKeyFile } from '#lib/keys';

/** `lodestone keygen FILE`: a party's key, which never leaves this machine. */
export function addKeyCommands(program: Command): void {
  program
    .command('keygen <file>')
    .description('make an Ed25519 key; its did:key becomes the party’s name')
    .action((file: string) => {
      const key = generateKey();
      writeKeyFile(file, key);
      console.log(signerOf(key).did);
    });
}
