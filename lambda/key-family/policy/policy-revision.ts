import { createHash } from 'node:crypto';
import { generationPolicy } from './generation-policy';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GENERATION_PHASES } from '../../../src/contract/family/generation-tags';

const DIGITS = 16;

/**
 * Names the policies of a family: other policies, other revision.
 *
 * It is taken over the policies of all phases and not over what was declared, so that a version of this library which changes what a
 * phase means is a new revision too.
 */
export function policyRevision(family: Pick<FamilyDescription, 'policyDocument' | 'roles'>): string {
  const policies = GENERATION_PHASES.map((phase) => generationPolicy(family, phase));
  return createHash('sha256').update(JSON.stringify(policies)).digest('hex').slice(0, DIGITS);
}
