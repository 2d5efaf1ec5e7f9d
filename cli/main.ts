import { Command, CommanderError } from 'commander';
import { explainCommand } from './explain/explain-command';

const NAME = 'cdk-kms-lifecycle';
/** Codes of help that was requested, or that is shown because no command was given. */
const HELP = /^commander\.help/;

/** `npx cdk-kms-lifecycle explain cdk.out/Orders.template.json` */
function main(): void {
  const commands = new Command(NAME)
    .description('Command line for operators of KMS keys that cdk-kms-lifecycle manages.')
    .addCommand(explainCommand(process.stdout));
  for (const command of [commands, ...commands.commands]) command.exitOverride().configureOutput({ outputError: () => undefined });
  try {
    commands.parse();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode;
      // Help has already been printed.
      if (!HELP.test(error.code)) process.stderr.write(`${NAME}: ${error.message.replace(/^error: /, '')}; see --help\n`);
    } else {
      process.exitCode = 1;
      process.stderr.write(`${(error as Error).message}\n`);
    }
  }
}

main();
