import { Command } from 'commander';
import { LANGUAGES, runLanguages } from './languages';
import { exitStatus, reportLines } from './report';
import type { Language } from './toolchains/language';
import { describeProblem } from '../src/contract/problem';

const TARGETS = LANGUAGES.map(({ target }) => target).join(', ');

const EXAMPLES = `
The exit status is 0 when all are equal, 1 when a template differs or a build fails, and 3 when all is well but for tools that are missing.

  $ npm run -s languages                   all
  $ npm run -s languages -- python go      some
  $ npm run -s languages -- --json | jq -r '.languages[] | select(.outcome != "equal") | .language'
`;

async function main(): Promise<void> {
  const program = new Command('languages')
    .description('Builds the package for Python, Java and Go, synthesizes one app with it in each, and compares the templates with those from TypeScript.')
    .argument('[languages...]', `some of ${TARGETS}`)
    .option('--json', 'print one JSON object instead of a table')
    .addHelpText('after', EXAMPLES)
    .action(async (names: string[], { json }: { readonly json?: true }) => {
      const report = await runLanguages(names.length === 0 ? LANGUAGES : names.map(languageOf), (progress) => process.stderr.write(`${progress}\n`));
      process.stdout.write(json === true ? `${JSON.stringify(report)}\n` : `${reportLines(report).join('\n')}\n`);
      process.exitCode = exitStatus(report);
    });
  await program.parseAsync();
}

function languageOf(name: string): Language {
  const language = LANGUAGES.find(({ target }) => target === name);
  if (language === undefined) {
    throw new Error(describeProblem({ where: 'languages', what: 'there is no app in this language', given: name, allowed: TARGETS, remedy: 'name one of them' }));
  }
  return language;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
