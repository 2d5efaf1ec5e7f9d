import '../local/suppress-node-version-warning';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ExitStatus, readCommandLine } from './command-line';
import { Account } from './emulator/account';
import { LocalAws, ROOT } from './emulator/local-aws';
import { EmulatorUnavailable } from './emulator/python-environment';
import { shellLines } from './emulator/shell-lines';
import { runScenarios } from './run-scenarios';
import { summarize } from './summary';
import { untilStopped } from '../local/kms/until-stopped';

/** `npm run e2e`: deploys apps with the CDK CLI onto an AWS emulator on this machine. */
async function main(): Promise<void> {
  const { scenarios, json, serve } = readCommandLine(process.argv.slice(2));
  // The servers end with this process.
  const stopped = untilStopped();
  if (!serve) void stopped.then(() => process.exit(ExitStatus.FAILED));

  const folder = join(ROOT, 'build', 'e2e', 'run');
  rmSync(folder, { recursive: true, force: true });
  const aws = await LocalAws.start(folder);
  try {
    if (serve) {
      process.stdout.write(shellLines(aws));
      await stopped;
      return;
    }
    const result = await runScenarios(scenarios, (id) => new Account(aws, id), (line) => process.stderr.write(`${line}\n`));
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : summarize(result));
    if (!result.ok) process.exitCode = ExitStatus.FAILED;
  } finally {
    aws.stop();
  }
}

main().then(() => process.exit(), (error: Error) => {
  process.stderr.write(`${error instanceof EmulatorUnavailable ? error.message : error.stack}\n`);
  process.exit(error instanceof EmulatorUnavailable ? ExitStatus.UNAVAILABLE : ExitStatus.FAILED);
});
