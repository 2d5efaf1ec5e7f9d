import { CommanderError } from 'commander';
import { readCommandLine } from './command-line';
import { LocalKms, type LocalKmsOptions } from './local-kms';
import { untilStopped } from './until-stopped';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';

/** `npx local-kms --port 4599`: serves until it is stopped. */
async function main(): Promise<void> {
  const { options, json } = readCommandLine(process.argv.slice(2));
  // The reader of the line may stop this process immediately: listen for that before writing it.
  const stopped = untilStopped();
  const kms = await start(options);
  const { endpoint } = kms;
  const started = { endpoint, pid: process.pid, settings: settingsOf(options) };
  process.stdout.write(json ? `${JSON.stringify(started)}\n` : `listening on ${endpoint}\n`);
  await stopped;
  await kms.stop();
}

/** The settings for the program that has started this process: what is enabled, and the seed of probabilities. */
function settingsOf({ seed, faults, quotas, delays, stateFile, enforcePolicies, authorizer }: LocalKmsOptions): Record<string, unknown> {
  return {
    seed,
    faults,
    quotas: quotas ?? null,
    delays: delays ?? {},
    state: stateFile ?? null,
    enforcePolicies: enforcePolicies !== undefined,
    enforceDenies: authorizer !== undefined,
  };
}

async function start(options: LocalKmsOptions): Promise<LocalKms> {
  try {
    return await LocalKms.start(options);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: 'local-kms',
      what: code === 'EADDRINUSE' ? 'the port is in use by another process' : `cannot listen (${code})`,
      given: `${options.host}:${options.port}`,
      remedy: 'choose another with --port or --host; --port 0 selects a free port',
    }, error);
  }
}

main().catch((error: Error) => {
  if (error instanceof CommanderError) {
    if (error.exitCode !== 0) process.stderr.write(`local-kms: ${error.message.replace(/^error: /, '')}; see --help\n`);
    process.exitCode = error.exitCode;
  } else {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
});
