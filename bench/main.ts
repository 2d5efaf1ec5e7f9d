import { Command, InvalidArgumentError } from 'commander';
import { benchLocalKms } from './local-kms/bench-local-kms';
import { describe } from './local-kms/describe';

/** `npm run -s bench -- local-kms --json` */
async function main(): Promise<void> {
  const program = new Command('bench').description(
    'Measures what this project promises about speed. Ratios of one run can be compared; seconds of two runs cannot.');
  program.command('local-kms')
    .description('ReEncrypt calls over HTTP, against a bare server that does nothing but JSON and the same cryptography')
    .option('--calls <number>', 'how many ReEncrypt calls', wholeNumber, 100_000)
    .option('--connections <number>', 'how many calls are in progress at the same time', wholeNumber, 16)
    .option('--json', 'print one JSON object')
    .action(async (options: { calls: number; connections: number; json?: true }) => {
      const result = await benchLocalKms(options);
      process.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : describe(result));
    });
  await program.parseAsync();
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
