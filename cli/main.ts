import { Command, CommanderError } from 'commander';
import { explainCommand } from './explain-command';
import { packageVersion } from './version';

const NAME = 'cdk-kms-lifecycle';
/** Codes of help or of the version, which were requested, or of help that is shown because no command was given. */
const PRINTED = /^commander\.(help|version)/;

/** `npx cdk-kms-lifecycle explain cdk.out/Orders.template.json` */
function main(): void {
  const commands = new Command(NAME)
    .description('Command line for operators of KMS keys that cdk-kms-lifecycle manages.')
    .version(packageVersion(), '--version', 'print the version of the package')
    .addCommand(explainCommand(process.stdout, process));
  for (const command of [commands, ...commands.commands]) command.exitOverride().configureOutput({ outputError: () => undefined });
  try {
    commands.parse();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode;
      // Help and version have already been printed.
      if (!PRINTED.test(error.code)) process.stderr.write(`${NAME}: ${error.message.replace(/^error: /, '')}; see --help\n`);
    } else {
      process.exitCode = 1;
      process.stderr.write(`${(error as Error).message}\n`);
    }
  }
}

main();
