import '../suppress-node-version-warning';
import { succeeded } from './demo-result';
import { readOptions } from './options';
import { NO_PROGRESS, progressOn } from './progress';
import { runDemo } from './run-demo';
import { summarize } from './summary';

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const result = await runDemo(options, options.json ? NO_PROGRESS : progressOn(process.stderr));
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${summarize(result)}\n`);
  return succeeded(result) ? 0 : 1;
}

main().then(
  (exitCode) => { process.exitCode = exitCode; },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}\n`);
    process.exitCode = 1;
  },
);
