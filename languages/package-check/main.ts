import { Command } from 'commander';
import { checkPackage } from './check-package';
import { reportLines, reportObject } from './report';

/** `npm run -s package-check -- --json` */
async function main(): Promise<void> {
  const program = new Command('package-check')
    .description('Packs the package, installs it into empty apps beside the oldest and the newest AWS CDK that it works with, and uses it there.')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { readonly json?: true }) => {
      const report = await checkPackage((progress) => process.stderr.write(`${progress}\n`));
      process.stdout.write(`${json === true ? JSON.stringify(reportObject(report)) : reportLines(report).join('\n')}\n`);
      process.exitCode = report.problems.length === 0 ? 0 : 1;
    });
  await program.parseAsync();
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
