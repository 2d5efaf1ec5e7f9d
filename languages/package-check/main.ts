import { Command } from 'commander';
import { checkPackage } from './check-package';
import { reportLines, reportObject } from './report';
import { exitWhenInterrupted } from '../programs/run';

/** `npm run -s package-check -- --json` */
async function main(): Promise<void> {
  exitWhenInterrupted();
  const program = new Command('package-check')
    .description('Packs the package, installs it with the oldest and the newest AWS CDK that it supports, and uses it there.')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { readonly json?: true }) => {
      const report = await checkPackage((message) => process.stderr.write(`${message}\n`));
      process.stdout.write(`${json === true ? JSON.stringify(reportObject(report)) : reportLines(report).join('\n')}\n`);
      process.exitCode = report.problems.length === 0 ? 0 : 1;
    });
  await program.parseAsync();
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
