import { spawnSync } from 'node:child_process';

/** A program of a language's toolchain, and how it is asked whether it is there. */
export interface Tool {
  /** What a person would install. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** The tools that are not installed, or do not work, by name. */
export function missingTools(tools: readonly Tool[]): string[] {
  return tools.filter(({ command, args }) => spawnSync(command, args, { stdio: 'ignore' }).status !== 0).map(({ name }) => name);
}
