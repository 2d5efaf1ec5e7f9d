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

/** First step of every retirement run: reads the actual state, and decides on the one action of this run. */
export async function beginRetirement(
  description: FamilyDescription, execution: string, input: unknown, ports: RetirementPorts,
): Promise<RetirementRun> {
  const { generation: number, cancelDeletion } = parseInput(description, input);
  const { family, situation } = await findSituation(description, number, ports, cancelDeletion);
  if (situation === undefined) {
    const deletion = await findDeletion(description.alias, number, ports.evidence);
    // A key whose alias was deleted still exists. A request to cancel the deletion of a deleted key must fail.
    const isDeleted = deletion !== undefined && await ports.kms.describeKey(deletion.keyArn) === undefined;
    if (!isDeleted || cancelDeletion === true) throw noSuchGeneration(family, number);
    return {
      run: execution,
      generation: { generation: number, keyArn: deletion.keyArn },
      action: { kind: 'wait', reason: 'its key is deleted, so its retirement is complete' },
      shards: [],
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

/** A record can be encrypted under any generation of the family. This census counts those of one generation. */
function generationsToCount({ current, generations }: Family, { keyArn }: Generation): GenerationArns {
  return { current: current.keyArn, all: generations.map((each) => each.keyArn), counted: [keyArn] };
}

/** An operator may have written the input. A misspelled member is an error, so that it is not treated as absent. */
function parseInput({ alias }: FamilyDescription, input: unknown): RetirementInput {
  const members = (typeof input === 'object' && input !== null ? input : {}) as { [name: string]: unknown };
  const { generation, cancelDeletion, ...unknown } = members;
  const isNumber = typeof generation === 'number' && Number.isSafeInteger(generation) && generation >= 0;
  if (isNumber && (cancelDeletion === undefined || typeof cancelDeletion === 'boolean') && Object.keys(unknown).length === 0) {
    return { generation, cancelDeletion };
  }
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: `${alias}, input of a retirement run`,
    what: 'input is invalid',
    given: Object.keys(input ?? {}).join(', ') || 'nothing',
    allowed: '{"generation": 3}, or {"generation": 3, "cancelDeletion": true}',
    remedy: 'start the run again with one of these inputs',
  });
}
