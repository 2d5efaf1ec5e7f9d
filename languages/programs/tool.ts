import { spawnSync } from 'node:child_process';

/** A program of a language's toolchain, with arguments that succeed if it is installed. */
export interface Tool {
  /** Name of the product to install. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** Names of the tools that are not installed, or fail. */
export function missingTools(tools: readonly Tool[]): string[] {
  return tools.filter(({ command, args }) => spawnSync(command, args, { stdio: 'ignore' }).status !== 0).map(({ name }) => name);
}
