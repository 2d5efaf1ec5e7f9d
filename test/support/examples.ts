import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where examples are. */
export const EXAMPLES_FOLDER = resolve(__dirname, '..', '..', 'examples');
const TYPESCRIPT = pathToFileURL(require.resolve('tsx')).href;

/** Every folder of `examples/`: nobody has to remember to add one here. */
export const EXAMPLES: readonly string[] = readdirSync(EXAMPLES_FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isDirectory()).map(({ name }) => name);

/** Where and when an example is synthesized. What is left out is as it is here and now. */
export interface Surroundings {
  readonly workingDirectory?: string;
  readonly environment?: NodeJS.ProcessEnv;
  /** A file that Node reads before anything else. */
  readonly preload?: string;
}

/** Synthesizes an example, named by its path from `examples/`, as `cdk synth` does: its `main.ts` in a process of its own, which leaves a cloud assembly in `directory`. */
export function synthesizeExample(example: string, directory: string, { workingDirectory, environment, preload }: Surroundings = {}): void {
  const preloaded = preload === undefined ? [] : ['--require', preload];
  execFileSync(process.execPath, [...preloaded, '--import', TYPESCRIPT, join(EXAMPLES_FOLDER, example, 'main.ts')], {
    cwd: workingDirectory,
    env: { ...process.env, ...environment, CDK_OUTDIR: directory },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
