import { findPreviousGeneration } from './move-alias-back';
import { useEvidencePrefix, type UseEvidence } from '../../../src/contract/evidence/evidence';
import { WATCHED_ERROR_CODES } from '../../../src/contract/family/watched-errors';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import type { Generation } from '../../key-family/family';
import type { EvidencePort } from '../../ports/evidence';
import { oldGenerations, readFamilyOfRun, type RotationState } from '../run-ownership';

/**
 * Checks whether a KMS call of a consumer failed since the alias moved, and decides whether to continue or to move the
 * alias back.
 */
export async function checkConsumers(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { family, to } = await readFamilyOfRun(state, ports);
  const since = run.movedAt ?? ports.clock.now().toISOString();
  const failure = await findConsumerFailure([to, ...oldGenerations(family, run)], since, ports.evidence);
  if (failure === undefined) return { ...run, consumers: 'working' };

  const moveBack = description.onConsumerFailure === 'roll-back' && findPreviousGeneration(family, run) !== undefined;
  const { operation, errorCode, principal, at, eventId } = failure;
  ports.log.warn('consumer-failure-detected', {
    family: description.alias, run: run.run, movesAliasBack: moveBack, operation, errorCode, principal, at, eventId,
  });
  return { ...run, consumers: moveBack ? 'failing' : 'working' };
}

/** The first recorded failure that the move of the alias may have caused. One is enough. */
async function findConsumerFailure(
  generations: readonly Generation[], movedAt: string, evidence: EvidencePort,
): Promise<UseEvidence | undefined> {
  for (const generation of generations) {
    const prefix = useEvidencePrefix(generation.keyId);
    for (const key of await evidence.list(prefix)) {
      // Evidence keys begin with the date, so older evidence is not read.
      if (key.slice(prefix.length) < movedAt.slice(0, 10)) continue;
      const use = await evidence.read<UseEvidence>(key);
      if (use !== undefined && isConsumerFailure(use, generation, movedAt)) return use;
    }
  }
  return undefined;
}

/** CloudTrail times are whole seconds. A call that an older fence denies was denied before the alias moved as well. */
function isConsumerFailure({ kind, at, errorCode }: UseEvidence, { phase }: Generation, movedAt: string): boolean {
  const sinceMoved = Date.parse(at) >= Math.floor(Date.parse(movedAt) / 1000) * 1000;
  const deniedByFence = phase !== 'current' && phase !== 'next' && errorCode.startsWith('AccessDenied');
  return kind === 'use' && sinceMoved && WATCHED_ERROR_CODES.includes(errorCode) && !deniedByFence;
}
