import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { runInThisContext } from 'node:vm';

/** What a loaded function sees in place of what this process has. */
export interface Shadows {
  readonly process: NodeJS.Process;
  readonly Date: DateConstructor;
  readonly console: Console;
}

/** Makes a world for one function: its own environment, its own time, and its own output. Everything else is that of this process. */
export function makeShadows(environment: { readonly [name: string]: string }, now: () => Date, write: (text: string) => void): Shadows {
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
    Date: shadowDate(now),
    console: new Console(output, output),
  };
}

/** Asked for the present, it answers from another clock. Dates that are given are what they always were. */
function shadowDate(now: () => Date): DateConstructor {
  const RealDate = runInThisContext('Date') as DateConstructor;
  return new Proxy(RealDate, {
    construct: (real, given, newTarget) => Reflect.construct(real, given.length === 0 ? [now().getTime()] : given, newTarget) as Date,
    apply: () => new RealDate(now().getTime()).toString(),
    get: (real, name) => name === 'now' ? () => now().getTime() : Reflect.get(real, name) as unknown,
  });
}
