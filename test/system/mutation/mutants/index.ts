import { FAMILY_MUTANTS } from './family';
import { KEY_MATERIAL_MUTANTS } from './key-material';
import type { Mutant } from './mutant';
import { POLICIES_MUTANTS } from './policies';
import { REENCRYPTION_MUTANTS } from './reencryption';
import { RETIREMENT_MUTANTS } from './retirement';
import { ROTATION_MUTANTS } from './rotation';
import { SYNTHESIS_MUTANTS } from './synthesis';

export type { Mutant } from './mutant';

/** Every safety measure without which data could be lost. */
export const MUTANTS: readonly Mutant[] = [
  ...REENCRYPTION_MUTANTS, ...ROTATION_MUTANTS, ...RETIREMENT_MUTANTS, ...POLICIES_MUTANTS, ...FAMILY_MUTANTS, ...SYNTHESIS_MUTANTS,
  ...KEY_MATERIAL_MUTANTS,
];
