import { resolve } from 'node:path';
import { loadFunction, type ExecutionEnvironment, type LoadedFunction } from './load-function';

const ASSETS = resolve(__dirname, '..', '..', 'assets');

export interface ShippedFunctionOptions extends ExecutionEnvironment {
  /** Name of the folder of the bundle in `assets/`, such as `control`. */
  readonly asset: string;
}

/** Loads a function from the bundle that the package ships. */
export function loadShippedFunction({ asset, ...environment }: ShippedFunctionOptions): LoadedFunction {
  return loadFunction(resolve(ASSETS, asset, 'index.js'), environment);
}
