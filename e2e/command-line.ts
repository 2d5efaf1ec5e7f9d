import { Command, InvalidArgumentError, Option } from 'commander';
import { STORIES } from './stories/stories';
import type { Story } from './story/story';

/** How this ends. */
export const ExitStatus = {
  /** Something did not hold. */
  FAILED: 1,
  /** Nothing could be tried, because Python or the emulator cannot be had on this machine. */
  UNAVAILABLE: 3,
} as const;

/** What the command line asks for. */
export interface EndToEndCommand {
  readonly stories: readonly Story[];
  /** Print one JSON object instead of a table. */
  readonly json: boolean;
  /** Tell nothing: start the local AWS, and leave it to whoever deploys onto it. */
  readonly serve: boolean;
}

interface Given {
  readonly story: readonly string[];
  readonly json?: true;
  readonly serve?: true;
}

export function readCommandLine(argv: readonly string[]): EndToEndCommand {
  const { story, json = false, serve = false } = new Command('e2e')
    .description('Deploys apps with the CDK CLI onto an AWS that runs on this machine, and lets them live: rotations, updates, rollbacks, destruction.')
    .addOption(new Option('--story <name>', 'tell this one only (repeatable)').default([]).argParser(addStory))
    .option('--json', 'print one JSON object: ok, orders, lost, examples, steps')
    .addOption(new Option('--serve', 'tell nothing: start the local AWS, print what your shell needs to deploy onto it, and wait').conflicts(['story', 'json']))
    .addHelpText('after', `
Exit status: 0 when everything held, ${ExitStatus.FAILED} when something did not, ${ExitStatus.UNAVAILABLE} when this machine has no Python, or cannot install the emulator.

Logs of the last run: build/e2e/run/`)
    .parse(argv, { from: 'user' })
    .opts<Given>();
  return { stories: STORIES.filter(({ name }) => story.length === 0 || story.includes(name)), json, serve };
}

function addStory(name: string, names: readonly string[]): string[] {
  const known = STORIES.map((story) => story.name);
  if (!known.includes(name)) throw new InvalidArgumentError(`The stories are: ${known.join(', ')}.`);
  return [...names, name];
}
