import { resolve } from 'node:path';
import { loadFunction, type FunctionSurroundings, type LoadedFunction } from './load-function';

const ASSETS = resolve(__dirname, '..', '..', 'assets');

export interface ShippedFunctionOptions extends FunctionSurroundings {
  /** The folder of the bundle below `assets/`: `control`. */
  readonly asset: string;
}

/** Loads a function from the very bundle that the package ships. */
export function loadShippedFunction({ asset, ...surroundings }: ShippedFunctionOptions): LoadedFunction {
  return loadFunction(resolve(ASSETS, asset, 'index.js'), surroundings);
}
