import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { NewKey } from '../../ports/key-family';
import type { KeyDescription } from '../../ports/keys';

/** Origin of the key material of new generations. */
export function materialOrigin({ material }: Pick<FamilyDescription, 'material'>): NewKey['origin'] & KeyDescription['origin'] {
  return material.kind === 'secret' ? 'EXTERNAL' : 'AWS_KMS';
}
