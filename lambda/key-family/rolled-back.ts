import { createHash } from 'node:crypto';
import type { Generation, RolledBack } from './family';
import { canonicalJson } from '../../src/contract/evidence/certificate';
import type { FamilyDescription } from '../../src/contract/family/family-description';

const DIGITS = 16;
const MARK = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ([0-9a-f]{16})$/;

/** The value of the tag of a generation from which the alias is moved back. An earlier mark keeps its time. */
export function rolledBackValue({ rolledBack }: Pick<Generation, 'rolledBack'>, description: FamilyDescription, movedAt: string): string {
  return `${rolledBack?.firstMovedAt ?? movedAt} ${digestOf(description)}`;
}

export function readRolledBack(value: string | undefined): RolledBack | undefined {
  if (value === undefined) return undefined;
  const [, firstMovedAt, declaration] = MARK.exec(value) ?? [];
  return { firstMovedAt, declaration };
}

/** Every value that this version does not know counts as unknown. */
export function readConsumerWatch(value: string | undefined): Generation['consumerWatch'] {
  if (value === undefined) return undefined;
  return value === 'proven' ? 'proven' : 'unknown';
}

/**
 * Whether no reconcile run may rotate to a generation: consumers failed, and nothing was deployed since then.
 *
 * A mark that cannot be read also holds the generation: an operator can still start the rotation.
 */
export function isHeld({ rolledBack }: Pick<Generation, 'rolledBack'>, description: FamilyDescription): boolean {
  return rolledBack !== undefined && (rolledBack.declaration ?? digestOf(description)) === digestOf(description);
}

/** Changes with every change of the declaration, and so with each deployment that changes the rotating key. */
function digestOf(description: FamilyDescription): string {
  return createHash('sha256').update(canonicalJson(description)).digest('hex').slice(0, DIGITS);
}
