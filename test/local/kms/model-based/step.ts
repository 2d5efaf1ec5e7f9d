import type { AsyncCommand } from 'fast-check';
import type { Model } from './kms-model';
import type { World } from './world';

export type Step = AsyncCommand<Model, World>;

/** One call, which a counterexample shows with its input. */
export function step(
  what: string, given: object, run: (model: Model, real: World) => Promise<void>, check: (model: Readonly<Model>) => boolean = () => true,
): Step {
  return { check, run, toString: () => `${what} ${JSON.stringify(given)}` };
}
