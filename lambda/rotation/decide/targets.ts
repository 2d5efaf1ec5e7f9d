import type { GenerationReference, RotationRun } from '../../../src/contract/runs/rotation-run';
import type { Generation } from '../../key-family/family';

/** The reference of a run to a generation. */
export function toReference({ generation, keyArn }: Generation): GenerationReference {
  return { generation, keyArn };
}

/** Adds the target generation to a run, and with it the key ARNs that the worker needs. */
export function withTarget(run: RotationRun, to: GenerationReference): RotationRun {
  return { ...run, to, generations: { current: to.keyArn, all: [...run.others.map(({ keyArn }) => keyArn), to.keyArn] } };
}
