import { createHash } from 'node:crypto';
import { generationPolicy } from './generation-policy';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GENERATION_PHASES } from '../../../src/contract/family/generation-tags';

const DIGITS = 16;

/**
 * Hash of the key policies of a family. It changes with every change of one of them.
 *
 * It covers the policies of all phases and not the declared document. It therefore also changes with a version of this
 * library that changes what a phase means.
 */
export function policyRevision(family: Pick<FamilyDescription, 'policyDocument' | 'roles'>): string {
  const policies = GENERATION_PHASES.map((phase) => generationPolicy(family, phase));
  return createHash('sha256').update(JSON.stringify(policies)).digest('hex').slice(0, DIGITS);
}
