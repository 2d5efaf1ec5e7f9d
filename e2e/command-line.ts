import { Command, InvalidArgumentError, Option } from 'commander';
import type { Scenario } from './harness/scenario';
import { SCENARIOS } from './scenarios/scenarios';

/** The exit status of the command, unless it is 0. */
export const ExitStatus = {
  /** A step failed. */
  FAILED: 1,
  /** Nothing was tested, because Python or the emulator is not available on this machine. */
  UNAVAILABLE: 3,
} as const;

/** The options of the command line. */
export interface EndToEndCommand {
  readonly scenarios: readonly Scenario[];
  /** Print one JSON object instead of a table. */
  readonly json: boolean;
  /** Run no scenario: start the local AWS, and serve until the command is stopped. */
  readonly serve: boolean;
}

interface ParsedOptions {
  readonly scenario: readonly string[];
  readonly json?: true;
  readonly serve?: true;
}

export function readCommandLine(argv: readonly string[]): EndToEndCommand {
  const { scenario, json = false, serve = false } = new Command('e2e')
    .description('Deploys apps with the CDK CLI onto an AWS emulator on this machine, then rotates, updates, rolls back and destroys them.')
    .addOption(new Option('--scenario <name>', 'run only this scenario (repeatable)').default([]).argParser(addScenario))
    .option('--json', 'print one JSON object: ok, orders, lost, examples, steps')
    .addOption(new Option('--serve', 'run no scenario: start the emulator, print the variables for another shell, and serve until stopped')
      .conflicts(['scenario', 'json']))
    .addHelpText('after', `
Scenarios: ${SCENARIOS.map(({ name }) => name).join(', ')}

Exit status: 0 if every step succeeded and no order is lost, ${ExitStatus.FAILED} if not, ${ExitStatus.UNAVAILABLE} if Python is missing
or the emulator cannot be installed.

Logs of the last run: build/e2e/run/`)
    .parse(argv, { from: 'user' })
    .opts<ParsedOptions>();
  return { scenarios: SCENARIOS.filter(({ name }) => scenario.length === 0 || scenario.includes(name)), json, serve };
}

function addScenario(name: string, names: readonly string[]): string[] {
  const known = SCENARIOS.map((scenario) => scenario.name);
  if (!known.includes(name)) throw new InvalidArgumentError(`Allowed: ${known.join(', ')}.`);
  return [...names, name];
}
