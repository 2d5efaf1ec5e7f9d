import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** What a handler printed, and how its process ended. */
export interface Invocation {
  readonly exitCode: number | null;
  readonly output: string;
}

/** Runs in a process of its own what a Lambda function would run, with nothing in its environment but what is given. */
const RUNNER = `
  const { handler } = require(process.argv[1]);
  let text = '';
  process.stdin.on('data', (chunk) => { text += chunk; });
  process.stdin.on('end', () => {
    const deadline = Date.now() + Number(process.env.TIMEOUT_MILLISECONDS);
    const context = { getRemainingTimeInMillis: () => deadline - Date.now() };
    Promise.resolve(handler(JSON.parse(text), context)).then(() => process.exit(0), (error) => { console.error(error.name + ': ' + error.message); process.exit(1); });
  });
`;

/**
 * Invokes a handler from the very bundle that the package ships.
 *
 * @param asset the folder of the bundle below `assets/`: `key-material`
 */
export async function invokeShippedHandler(asset: string, event: object, environment: { readonly [name: string]: string }): Promise<Invocation> {
  const bundle = resolve(__dirname, '..', '..', 'assets', asset, 'index.js');
  const child = spawn(process.execPath, ['-e', RUNNER, bundle], { env: { TIMEOUT_MILLISECONDS: '120000', ...environment }, stdio: 'pipe' });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin.end(JSON.stringify(event));
  const exitCode = await new Promise<number | null>((settle, reject) => {
    child.once('error', reject);
    child.once('close', settle);
  });
  return { exitCode, output: Buffer.concat(chunks).toString('utf8') };
}
