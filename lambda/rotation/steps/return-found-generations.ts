import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import { isEmptied, isLive, type Generation } from '../../key-family/family';
import { writePolicy } from '../../key-family/policy/write-policy';
import { NOT_EMPTY, returnToService } from '../../key-family/return-to-service';
import { toReference } from '../decide/targets';
import { readFamilyOfRun, type RotationState } from '../run-ownership';

/** The generations under which a pass has found records. */
export interface FoundGenerations {
  /** Their key ARNs. */
  readonly found: readonly string[];
  /** When the census began, ISO 8601. */
  readonly countedAt: string;
}

/**
 * Makes generations usable again under which a pass has found records, although a census had found them empty: an old
 * item was restored.
 *
 * Their deletion is cancelled, they are enabled, and their certificates are no longer valid. From then on this run
 * empties them, too.
 *
 * A generation that was emptied after the census began is left as it is: the request is late, and the rotation has been
 * concluded since.
 */
export async function returnFoundGenerations(
  state: RotationState, { found, countedAt }: FoundGenerations, ports: ControlPorts,
): Promise<RotationRun> {
  const { family: description, run } = state;
  if (found.length === 0) return run;
  const { family, to } = await readFamilyOfRun(state, ports);
  const returned = family.generations.filter((each) => each.keyId !== to.keyId && found.includes(each.keyArn)
    && needsReturn(each) && !isEmptiedAfter(each, countedAt));
  for (const generation of returned) {
    if (generation.keyState === 'Disabled' && generation.disabledSince === undefined) {
      throw disabledByOperator(description.alias, generation);
    }
    await returnToService(description.alias, generation, NOT_EMPTY, ports.kms);
    if (generation.phase === 'retiring') {
      await writePolicy(description, generation, 'fenced', ports);
      await ports.kms.tagKey(generation.keyId, { [GenerationTag.PHASE]: 'fenced' });
    }
    ports.log.warn('records-returned', { family: description.alias, generation: generation.generation, run: run.run });
  }
  const known = new Set(run.from.map(({ keyArn }) => keyArn));
  return { ...run, from: [...run.from, ...returned.filter(({ keyArn }) => !known.has(keyArn)).map(toReference)] };
}

/** Pure: whether anything about a generation says that no record is under it, or prevents that one is read. */
export function needsReturn(generation: Generation): boolean {
  const { certifiedSince, disabledSince, keyState } = generation;
  return isEmptied(generation) || certifiedSince !== undefined || disabledSince !== undefined
    || keyState === 'Disabled' || !isLive(generation);
}

function isEmptiedAfter({ emptiedSince }: Generation, moment: string): boolean {
  return emptiedSince !== undefined && Date.parse(emptiedSince) >= Date.parse(moment);
}

function disabledByOperator(alias: string, { generation, keyArn, keyState }: Generation): Failure {
  return new Failure(ErrorName.KEY_NOT_READY, {
    where: generationAlias(alias, generation),
    what: 'records are encrypted under this generation, and an operator has disabled its key',
    given: keyState,
    allowed: 'Enabled',
    remedy: `enable ${keyArn}, then run the rotation again; no record is lost`,
  });
}
