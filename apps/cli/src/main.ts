#!/usr/bin/env node
import { Command } from 'commander';
import { addAuditCommands } from './commands/audit.js';
import { addCertificateCommands } from './commands/certificates.js';
import { addDemoCommand } from './commands/demo.js';
import { addExportCommand } from './commands/export.js';
import { addKeyCommands } from './commands/keys.js';
import { addStatementCommands } from './commands/statements.js';
import { addVerifyCommand } from './commands/verify.js';
import { reportFailure } from './failure.js';

const program = new Command('lodestone')
  .description(
    'The chain-of-custody certification ledger for rare-earth oxide, metal, alloy and magnets',
  )
  .showHelpAfterError();

addKeyCommands(program);
addStatementCommands(program);
addCertificateCommands(program);
addVerifyCommand(program);
addAuditCommands(program);
addExportCommand(program);
addDemoCommand(program);

await program.parseAsync().catch(reportFailure);
