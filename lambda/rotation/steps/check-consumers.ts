import { wayBack } from './move-alias-back';
import { useEvidencePrefix, type UseEvidence } from '../../../src/contract/evidence/evidence';
import { WATCHED_ERROR_CODES } from '../../../src/contract/family/watched-errors';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import type { ControlPorts } from '../../key-family/control-ports';
import type { Generation } from '../../key-family/family';
import type { EvidencePort } from '../../ports';
import { oldGenerations, readFamilyInHand, type RotationState } from '../run-ownership';

/** Looks whether somebody has failed with KMS since the alias moved, and decides what that means: go on, or go back. */
export async function checkConsumers(state: RotationState, ports: ControlPorts): Promise<RotationRun> {
  const { family: description, run } = state;
  const { family, to } = await readFamilyInHand(state, ports);
  const since = run.movedAt ?? ports.clock.now().toISOString();
  const trouble = await findTrouble([to, ...oldGenerations(family, run)], since, ports.evidence);
  if (trouble === undefined) return { ...run, consumers: 'working' };

  const goBack = description.onConsumerFailure === 'roll-back' && wayBack(family, run) !== undefined;
  const { operation, errorCode, principal, at, eventId } = trouble;
  ports.log.warn('consumers-in-trouble', { family: description.alias, run: run.run, goBack, operation, errorCode, principal, at, eventId });
  return { ...run, consumers: goBack ? 'failing' : 'working' };
}

/** The first failure that has to do with the move of the alias. One is enough. */
async function findTrouble(generations: readonly Generation[], movedAt: string, evidence: EvidencePort): Promise<UseEvidence | undefined> {
  for (const generation of generations) {
    const prefix = useEvidencePrefix(generation.keyId);
    for (const key of await evidence.list(prefix)) {
      // Keys begin with the day: what is older need not be read.
      if (key.slice(prefix.length) < movedAt.slice(0, 10)) continue;
      const use = await evidence.read<UseEvidence>(key);
      if (use !== undefined && isTrouble(use, generation, movedAt)) return use;
    }
  }
  return undefined;
}

/** CloudTrail tells whole seconds, and what a fence refuses was refused before the alias moved as well. */
function isTrouble({ kind, at, errorCode }: UseEvidence, { phase }: Generation, movedAt: string): boolean {
  const sinceMoved = Date.parse(at) >= Math.floor(Date.parse(movedAt) / 1000) * 1000;
  const byTheFence = phase !== 'current' && phase !== 'next' && errorCode.startsWith('AccessDenied');
  return kind === 'use' && sinceMoved && WATCHED_ERROR_CODES.includes(errorCode) && !byTheFence;
}
