import { beginCancellation } from './begin-cancellation';
import { findSituation, noSuchGeneration } from './read-situation';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias } from '../../../src/contract/family/generation-tags';
import type { GenerationArns } from '../../../src/contract/runs/reencryption';
import type { RetirementAction, RetirementRun } from '../../../src/contract/runs/retirement-run';
import { uncountedFailure } from '../../declared-stores/uncounted';
import type { Family, Generation } from '../../key-family/family';
import { familyDescription } from '../../runtime/decode-family';
import { decideRetirement } from '../decide/decide-retirement';
import { isReplaced } from '../decide/replaced-generation';
import { decodeRetirementInput } from '../decide/retirement-input';
import { findDeletion } from '../evidence/find-deletion';
import type { RetirementFacts } from '../retirement-facts';
import type { RetirementPorts } from '../retirement-ports';

/** First step of every retirement run: reads the actual state, and decides on the one action of this run. */
export async function beginRetirement(
  description: FamilyDescription, id: string, input: unknown, ports: RetirementPorts,
): Promise<RetirementRun> {
  const request = decodeRetirementInput(description, input);
  if (request.cancelDeletion === true) return beginCancellation(description, id, request, ports);
  familyDescription(description, 'retirement function, step decide, member family');
  const { generation: number, onlyReversals } = request;
  const { family, situation } = await findSituation(description, number, ports, onlyReversals);
  if (situation === undefined) {
    const deletion = await findDeletion(description.alias, number, ports.evidence);
    // A key whose alias was deleted still exists.
    const isDeleted = deletion !== undefined && await ports.kms.describeKey(deletion.keyArn) === undefined;
    if (!isDeleted) throw noSuchGeneration(family, number);
    return {
      run: id,
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
  if (isRefusedForStores(action, generation, description, facts)) {
    throw uncountedFailure(generationAlias(description.alias, number), facts.uncountedStores);
  }
  const run = { run: id, generation: { generation: number, keyArn: generation.keyArn }, action, shards: [] };
  if (action.kind !== 'count') return run;
  return {
    ...run,
    generations: generationsToCount(family, generation),
    shards: description.stores.flatMap(({ storeId, shards }) => Array.from({ length: shards }, (_, shard) => ({ storeId, shard }))),
  };
}

/**
 * Whether only stores that are not counted prevent the retirement. The run fails, because an operator must decide.
 */
function isRefusedForStores(
  { kind }: RetirementAction, generation: Generation, { deletion, paused }: FamilyDescription, facts: RetirementFacts,
): boolean {
  return kind === 'wait' && facts.uncountedStores.length > 0 && isReplaced(generation)
    && deletion !== undefined && !paused && !facts.onlyReversals;
}

/** A record can be encrypted under any generation of the family. This census counts those of one generation. */
function generationsToCount({ current, generations }: Family, { keyArn }: Generation): GenerationArns {
  return { current: current.keyArn, all: generations.map((each) => each.keyArn), counted: [keyArn] };
}
