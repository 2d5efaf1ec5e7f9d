import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { Generation } from '../../key-family/family';

/** A generation under which nobody makes anything new, and under which a rotation has found nothing. */
export type ReplacedGeneration = Generation & { readonly fencedSince: string; readonly emptiedSince: string };

/** A generation that has a certificate. */
export type CertifiedGeneration = ReplacedGeneration & { readonly certifiedSince: string };

/** A generation that retirement has disabled. */
export type SoakingGeneration = CertifiedGeneration & { readonly disabledSince: string };

export function isReplaced(generation: Generation): generation is ReplacedGeneration {
  return generation.fencedSince !== undefined && generation.emptiedSince !== undefined;
}

/**
 * Whether the certificate speaks for the generation as it is now. Not if records were found and emptied again since; not if a run was
 * stopped before it could open the gate: then the census is made again.
 */
export function isCertified(generation: ReplacedGeneration): generation is CertifiedGeneration {
  const { certifiedSince, emptiedSince, phase } = generation;
  return certifiedSince !== undefined && phase === 'retiring' && Date.parse(certifiedSince) >= Date.parse(emptiedSince);
}

export function isInSoak(generation: CertifiedGeneration): generation is SoakingGeneration {
  return generation.disabledSince !== undefined;
}

/**
 * The earliest moment at which a census may begin, if a certificate is to rest on it.
 *
 * A writer may hold a data key from before the fence, and bring its old blob to a store without any call to KMS.
 */
export function censusCountsFrom({ fencedSince }: ReplacedGeneration, { propagationDelaySeconds, dataKeyMaxAgeSeconds }: FamilyDescription): Date {
  return new Date(Date.parse(fencedSince) + (propagationDelaySeconds + dataKeyMaxAgeSeconds) * 1000);
}
