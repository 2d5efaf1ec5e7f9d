import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** The output of a handler, and the exit code of its process. */
export interface Invocation {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs a handler in a separate process. */
const RUNNER = `
  const { handler } = require(process.argv[1]);
  let text = '';
  process.stdin.on('data', (chunk) => { text += chunk; });
  process.stdin.on('end', () => {
    const deadline = Date.now() + Number(process.env.TIMEOUT_MILLISECONDS);
    const context = { getRemainingTimeInMillis: () => deadline - Date.now() };
    Promise.resolve(handler(JSON.parse(text), context)).then(() => process.exit(0), (error) => {
      console.error(error.name + ': ' + error.message);
      process.exit(1);
    });
  });
`;

/**
 * Invokes a handler from the bundle that the package ships, in a separate process whose environment contains only the
 * given variables.
 *
 * @param asset name of the folder of the bundle in `assets/`, such as `key-material`
 */
export async function invokeShippedHandler(
  asset: string, event: object, environment: { readonly [name: string]: string },
): Promise<Invocation> {
  const bundle = resolve(__dirname, '..', '..', 'assets', asset, 'index.js');
  const child = spawn(process.execPath, ['-e', RUNNER, bundle], { env: { TIMEOUT_MILLISECONDS: '120000', ...environment }, stdio: 'pipe' });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin.end(JSON.stringify(event));
  const exitCode = await new Promise<number | null>((ended, reject) => {
    child.once('error', reject);
    child.once('close', ended);
  });
  return { exitCode, output: Buffer.concat(chunks).toString('utf8') };
}
