import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The folder of the examples. */
export const EXAMPLES_FOLDER = resolve(__dirname, '..', '..', 'examples');
const TYPESCRIPT = pathToFileURL(require.resolve('tsx')).href;

/** Every folder of `examples/`, so that a new example is tested without a change here. */
export const EXAMPLES: readonly string[] = readdirSync(EXAMPLES_FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** The place and time of a synthesis. What is left out is the present one. */
export interface Surroundings {
  readonly workingDirectory?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** A file that Node preloads. */
  readonly preload?: string;
}

/**
 * Runs the `main.ts` of an example (a path from `examples/`) in a new process, as `cdk synth` does, with the cloud
 * assembly in `directory`.
 */
export function synthesizeExample(example: string, directory: string, { workingDirectory, environment, preload }: Surroundings = {}): void {
  const preloaded = preload === undefined ? [] : ['--require', preload];
  execFileSync(process.execPath, [...preloaded, '--import', TYPESCRIPT, join(EXAMPLES_FOLDER, example, 'main.ts')], {
    cwd: workingDirectory,
    env: { ...process.env, ...environment, CDK_OUTDIR: directory },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
