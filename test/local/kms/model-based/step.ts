import type { AsyncCommand } from 'fast-check';
import type { Model } from './kms-model';
import type { World } from './world';

export type Step = AsyncCommand<Model, World>;

/** One call, told in a counterexample with what it was given. */
export function step(
  what: string, given: object, run: (model: Model, real: World) => Promise<void>, check: (model: Readonly<Model>) => boolean = () => true,
): Step {
  return { check, run, toString: () => `${what} ${JSON.stringify(given)}` };
}
