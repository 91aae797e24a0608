#!/usr/bin/env node
import { Command } from 'commander';
import { addAcceptCommand } from './commands/accept.js';
import { addAdministrationCommands } from './commands/administration.js';
import { addAssessCommand } from './commands/assess.js';
import { addAuditCommands } from './commands/audit.js';
import { addCertificateCommands } from './commands/certificates.js';
import { addDeclineCommand } from './commands/decline.js';
import { addDemoCommand } from './commands/demo.js';
import { addExportCommand } from './commands/export.js';
import { addKeyCommands } from './commands/keys.js';
import { addStatementCommands } from './commands/statements.js';
import { addTreeCommand } from './commands/tree.js';
import { addTrustCommand } from './commands/trust.js';
import { addVerifyCommand } from './commands/verify.js';
import { reportFailure } from './failure.js';
import { packageVersion } from './version.js';

let json = false;

const program = new Command('lodestone')
  .description(
    'The chain-of-custody certification ledger for rare-earth oxide, metal, alloy and magnets',
  )
  .version(packageVersion())
  .addHelpText(
    'after',
    `
Exit status: 0 done, accepted or sound; 1 refused, not accepted or findings; 2 no answer at all.
LODESTONE_REGISTRY names the registry to speak to, in place of --registry. NO_COLOR takes colour away.`,
  )
  .showHelpAfterError('Add --help to see what there is.')
  .exitOverride()
  .hook('preAction', (_, command) => {
    json = command.opts<{ json?: boolean }>().json === true;
  });

addKeyCommands(program);
addAdministrationCommands(program);
addStatementCommands(program);
addCertificateCommands(program);
addDeclineCommand(program);
addTrustCommand(program);
addVerifyCommand(program);
addTreeCommand(program);
addAssessCommand(program);
addAcceptCommand(program);
addAuditCommands(program);
addExportCommand(program);
addDemoCommand(program);

await program.parseAsync().catch((error: unknown) => reportFailure(error, { json }));
