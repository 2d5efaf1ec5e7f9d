import type { GenerationReference, RotationRun } from '../../../src/contract/runs/rotation-run';
import type { Generation } from '../../key-family/family';

/** A generation as a run refers to it. */
export function toReference({ generation, keyArn }: Generation): GenerationReference {
  return { generation, keyArn };
}

/** A run that knows where it leads: from then on its generations can be told to the worker. */
export function withTarget(run: RotationRun, to: GenerationReference): RotationRun {
  return { ...run, to, generations: { current: to.keyArn, all: [...run.others.map(({ keyArn }) => keyArn), to.keyArn] } };
}
