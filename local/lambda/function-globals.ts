import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { runInThisContext } from 'node:vm';

/** The globals that a loaded function has instead of those of this process. */
export interface FunctionGlobals {
  readonly process: NodeJS.Process;
  readonly Date: DateConstructor;
  readonly console: Console;
}

/**
 * Creates globals for one function with its own environment, time and output. Everything else is that of this process.
 */
export function createGlobals(
  environment: { readonly [name: string]: string }, now: () => Date, write: (text: string) => void,
): FunctionGlobals {
  const output = new Writable({
    write: (chunk: Buffer, _, done) => {
      write(chunk.toString('utf8'));
      done();
    },
  });
  const emitWarning = (warning: string | Error) => { output.write(`${String(warning)}\n`); };
  const own: { readonly [name: PropertyKey]: unknown } = { env: { ...environment }, stdout: output, stderr: output, emitWarning };
  return {
    process: new Proxy(process, { get: (real, name) => Object.hasOwn(own, name) ? own[name] : Reflect.get(real, name) as unknown }),
    Date: dateWithClock(now),
    console: new Console(output, output),
  };
}

/** `Date` whose current time comes from a clock. Given dates are as usual. */
function dateWithClock(now: () => Date): DateConstructor {
  const RealDate = runInThisContext('Date') as DateConstructor;
  return new Proxy(RealDate, {
    construct: (real, given, newTarget) => Reflect.construct(real, given.length === 0 ? [now().getTime()] : given, newTarget) as Date,
    apply: () => new RealDate(now().getTime()).toString(),
    get: (real, name) => name === 'now' ? () => now().getTime() : Reflect.get(real, name) as unknown,
  });
}
