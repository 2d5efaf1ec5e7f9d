import { Command } from 'commander';
import { LANGUAGES, runLanguages } from './languages';
import { exitWhenInterrupted } from './programs/run';
import { exitStatus, reportLines } from './report';
import type { Language } from './toolchains/language';
import { describeProblem } from '../src/contract/problem';

const TARGETS = LANGUAGES.map(({ target }) => target).join(', ');

const EXAMPLES = `
Exit status: 0 if all templates and assets are equal, 1 if one differs or a build fails, 3 if only tools are missing.

  $ npm run -s languages                   all languages
  $ npm run -s languages -- python go      only these
  $ npm run -s languages -- --json | jq -r '.languages[] | select(.outcome != "equal") | .language'
`;

async function main(): Promise<void> {
  exitWhenInterrupted();
  const program = new Command('languages')
    .description('Builds the package for Python, Java and Go, synthesizes one app with each, and compares the templates with TypeScript.')
    .argument('[languages...]', `by default all of ${TARGETS}`)
    .option('--json', 'print one JSON object instead of a table')
    .addHelpText('after', EXAMPLES)
    .action(async (names: string[], { json }: { readonly json?: true }) => {
      const languages = names.length === 0 ? LANGUAGES : names.map(languageOf);
      const report = await runLanguages(languages, (message) => process.stderr.write(`${message}\n`));
      process.stdout.write(json === true ? `${JSON.stringify(report)}\n` : `${reportLines(report).join('\n')}\n`);
      process.exitCode = exitStatus(report);
    });
  await program.parseAsync();
}

function languageOf(name: string): Language {
  const language = LANGUAGES.find(({ target }) => target === name);
  if (language === undefined) {
    throw new Error(describeProblem({
      where: 'languages', what: 'no app exists in this language', given: name, allowed: TARGETS, remedy: 'name an allowed language',
    }));
  }
  return language;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
