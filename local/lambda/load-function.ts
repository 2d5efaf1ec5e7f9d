import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createGlobals, type FunctionGlobals } from './function-globals';
import { fromHandler, type Handler, type LocalFunction } from './local-function';

/** The execution environment of a function. */
export interface ExecutionEnvironment {
  /** All its environment variables. The variables of AWS contain the endpoints of the services and the credentials. */
  readonly environment: { readonly [name: string]: string };
  /** The time of the function. Its timers run in real time. */
  readonly clock: { now(): Date };
}

/** A function that was loaded from a bundle. */
export interface LoadedFunction extends LocalFunction {
  /** The lines that it has written to standard output and standard error. */
  readonly lines: readonly string[];
}

/**
 * Loads a bundle into this process. As in Lambda, every load is a fresh instance of all its modules, with its own
 * environment, clients and output. Its time is that of `clock`.
 */
export function loadFunction(bundle: string, { environment, clock }: ExecutionEnvironment): LoadedFunction {
  const lines: string[] = [];
  const globals = createGlobals({ ...defaultEnvironment(bundle), ...environment }, () => clock.now(), lineReader(lines));
  const { handler } = runModule(bundle, globals);
  if (handler === undefined) throw new Error(`${bundle} exports no handler`);
  return Object.assign(fromHandler(handler), { lines });
}

/** Hides the environment and the AWS configuration of this machine, which a function in Lambda does not have. */
function defaultEnvironment(bundle: string): { readonly [name: string]: string } {
  return { HOME: dirname(bundle), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
}

/** Adds a line when it is complete, even if it is written in parts. */
function lineReader(lines: string[]): (text: string) => void {
  let incomplete = '';
  return (text) => {
    const complete = (incomplete + text).split('\n');
    incomplete = complete.pop() ?? '';
    lines.push(...complete);
  };
}

/**
 * Runs the code of the bundle with its own globals, which are parameters of a function around it.
 *
 * It is compiled as a module of Node, in which `import()` works: the AWS SDK loads its HTTP client that way.
 */
function runModule(bundle: string, globals: FunctionGlobals): { readonly handler?: Handler } {
  const names = ['exports', 'require', 'module', '__filename', '__dirname', ...Object.keys(globals)];
  const compiled = new Module(bundle) as CompilingModule;
  // On the first line of the bundle, so that line numbers in stack traces are correct.
  compiled._compile(`module.exports = function (${names.join(', ')}) {${readFileSync(bundle, 'utf8')}\n};`, bundle);
  const module = { exports: {} };
  (compiled.exports as (...values: unknown[]) => void)(
    module.exports, requireWith(bundle, globals), module, bundle, dirname(bundle), ...Object.values(globals));
  return module.exports;
}

/** `_compile` is not in the types of Node, but loaders of other file types depend on it. */
interface CompilingModule extends Module {
  _compile(code: string, filename: string): void;
}

function requireWith(bundle: string, globals: FunctionGlobals): (id: string) => unknown {
  const real = createRequire(bundle);
  return (id) => /^(?:node:)?process$/.test(id) ? globals.process : real(id) as unknown;
}
