import { findSituation, noSuchGeneration } from './read-situation';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { GenerationArns } from '../../../src/contract/runs/reencryption';
import type { RetirementInput, RetirementRun } from '../../../src/contract/runs/retirement-run';
import type { Family, Generation } from '../../key-family/family';
import { decideRetirement } from '../decide/decide-retirement';
import { findDeletion } from '../evidence/find-deletion';
import type { RetirementPorts } from '../retirement-ports';

/** The first step of every retirement run: looks at the world, and decides on the one thing that this run does. */
export async function beginRetirement(
  description: FamilyDescription, execution: string, input: unknown, ports: RetirementPorts,
): Promise<RetirementRun> {
  const { generation: number, cancelDeletion } = parseInput(description, input);
  const { family, situation } = await findSituation(description, number, ports, cancelDeletion);
  if (situation === undefined) {
    const deletion = await findDeletion(description.alias, number, ports.evidence);
    // A key that has only lost its alias is not gone. And whoever wants a deletion cancelled must hear that it is too late.
    const isGone = deletion !== undefined && await ports.kms.describeKey(deletion.keyArn) === undefined;
    if (!isGone || cancelDeletion === true) throw noSuchGeneration(family, number);
    return {
      run: execution, generation: { generation: number, keyArn: deletion.keyArn }, action: { kind: 'wait', reason: 'its key is gone: it is retired' }, shards: [],
    };
  }
  const { generation, facts } = situation;
  const action = decideRetirement(generation, family, description, facts);
  ports.log.info('retirement-decided', {
    family: family.alias,
    generation: number,
    action: action.kind,
    purpose: action.kind === 'count' ? action.purpose : undefined,
    reason: 'reason' in action ? action.reason : undefined,
  });
  const run = { run: execution, generation: { generation: number, keyArn: generation.keyArn }, action, shards: [] };
  if (action.kind !== 'count') return run;
  return {
    ...run,
    generations: generationsToCount(family, generation),
    shards: description.stores.flatMap(({ storeId, shards }) => Array.from({ length: shards }, (_, shard) => ({ storeId, shard }))),
  };
}

/** Records may stand under any generation of the family; this census looks for one of them. */
function generationsToCount({ current, generations }: Family, { keyArn }: Generation): GenerationArns {
  return { current: current.keyArn, all: generations.map((each) => each.keyArn), counted: [keyArn] };
}

/** A person may have written it by hand: a misspelt word must not be taken for its absence. */
function parseInput({ alias }: FamilyDescription, input: unknown): RetirementInput {
  const { generation, cancelDeletion, ...unknown } = (typeof input === 'object' && input !== null ? input : {}) as { [name: string]: unknown };
  const isNumber = typeof generation === 'number' && Number.isSafeInteger(generation) && generation >= 0;
  if (isNumber && (cancelDeletion === undefined || typeof cancelDeletion === 'boolean') && Object.keys(unknown).length === 0) {
    return { generation, cancelDeletion };
  }
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: `${alias}, input of a retirement run`,
    what: 'input cannot be understood',
    given: Object.keys(input ?? {}).join(', ') || 'nothing',
    allowed: '{"generation": 3}, or {"generation": 3, "cancelDeletion": true}',
    remedy: 'start again with an input like that',
  });
}
