import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fromHandler, type Handler, type LocalFunction } from './local-function';
import { makeShadows, type Shadows } from './shadows';

/** What a function finds around it. */
export interface FunctionSurroundings {
  /** All that stands in its environment: AWS's own variables say where the services are, and who calls them. */
  readonly environment: { readonly [name: string]: string };
  /** What time it is for the function. Its timers run in real time. */
  readonly clock: { now(): Date };
}

/** A function that was loaded from a bundle. */
export interface LoadedFunction extends LocalFunction {
  /** What it has written to standard output and standard error, line by line. */
  readonly lines: readonly string[];
}

/**
 * Loads a bundle into this process as Lambda would load it into one of its own: every load is a fresh instance of all its modules, with
 * its own environment, its own clients and its own output, and with time as `clock` tells it.
 */
export function loadFunction(bundle: string, { environment, clock }: FunctionSurroundings): LoadedFunction {
  const lines: string[] = [];
  const shadows = makeShadows({ ...ordinaryEnvironment(bundle), ...environment }, () => clock.now(), lineReader(lines));
  const { handler } = runModule(bundle, shadows);
  if (handler === undefined) throw new Error(`${bundle} exports no handler`);
  return Object.assign(fromHandler(handler), { lines });
}

/** What this machine is and how its owner has configured AWS is nothing that a function in Lambda would find. */
function ordinaryEnvironment(bundle: string): { readonly [name: string]: string } {
  return { HOME: dirname(bundle), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
}

/** Adds a line when it is complete, however it is written. */
function lineReader(lines: string[]): (text: string) => void {
  let begun = '';
  return (text) => {
    const complete = (begun + text).split('\n');
    begun = complete.pop() ?? '';
    lines.push(...complete);
  };
}

/**
 * Runs the bundle's code with its own names for what is the whole process's otherwise.
 *
 * It is compiled as a module of Node, for which `import()` works: the AWS SDK loads its HTTP client that way.
 */
function runModule(bundle: string, shadows: Shadows): { readonly handler?: Handler } {
  const names = ['exports', 'require', 'module', '__filename', '__dirname', ...Object.keys(shadows)];
  const compiled = new Module(bundle) as CompilingModule;
  // On one line with what follows: places in errors stay true.
  compiled._compile(`module.exports = function (${names.join(', ')}) {${readFileSync(bundle, 'utf8')}\n};`, bundle);
  const module = { exports: {} };
  (compiled.exports as (...values: unknown[]) => void)(
    module.exports, shadowRequire(bundle, shadows), module, bundle, dirname(bundle), ...Object.values(shadows));
  return module.exports;
}

/** What loaders of other file types use, too. */
interface CompilingModule extends Module {
  _compile(code: string, filename: string): void;
}

function shadowRequire(bundle: string, shadows: Shadows): (id: string) => unknown {
  const real = createRequire(bundle);
  return (id) => /^(?:node:)?process$/.test(id) ? shadows.process : real(id) as unknown;
}
