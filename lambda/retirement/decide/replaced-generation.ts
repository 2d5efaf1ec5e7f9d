import type { FamilyDescription } from '../../../src/contract/family/family-description';
import type { Generation } from '../../key-family/family';

/** A fenced generation under which the census of a rotation found no record. */
export type ReplacedGeneration = Generation & { readonly fencedSince: string; readonly emptiedSince: string };

/** A generation that has a certificate. */
export type CertifiedGeneration = ReplacedGeneration & { readonly certifiedSince: string };

/** A generation that retirement has disabled. */
export type SoakingGeneration = CertifiedGeneration & { readonly disabledSince: string };

export function isReplaced(generation: Generation): generation is ReplacedGeneration {
  return generation.fencedSince !== undefined && generation.emptiedSince !== undefined;
}

/**
 * Whether the certificate is valid for the current state of the generation. It is not if the generation was emptied
 * again after it, or if the run was stopped before it opened the gate: then the census is repeated.
 */
export function isCertified(generation: ReplacedGeneration): generation is CertifiedGeneration {
  const { certifiedSince, emptiedSince, phase } = generation;
  return certifiedSince !== undefined && phase === 'retiring' && Date.parse(certifiedSince) >= Date.parse(emptiedSince);
}

export function isInSoak(generation: CertifiedGeneration): generation is SoakingGeneration {
  return generation.disabledSince !== undefined;
}

/**
 * Whether retirement has disabled a generation, or scheduled its deletion.
 *
 * A run that was stopped between DisableKey and TagResource leaves a generation that is only certified.
 */
export function isDisabledByRetirement({ keyState, phase, certifiedSince, disabledSince, recountedAt }: Generation): boolean {
  if (keyState === 'PendingDeletion') return recountedAt !== undefined;
  return keyState === 'Disabled' && (disabledSince !== undefined || (phase === 'retiring' && certifiedSince !== undefined));
}

/**
 * The earliest time at which the census behind a certificate may begin.
 *
 * Until then an application can hold a data key from before the fence, or a record that it has read before a rotation
 * re-encrypted it, and write the old blob to a store without a call to KMS.
 */
export function earliestCensus(
  { fencedSince, emptiedSince }: ReplacedGeneration, { propagationDelaySeconds, dataKeyMaxAgeSeconds }: FamilyDescription,
): Date {
  const heldFrom = Math.max(Date.parse(fencedSince) + propagationDelaySeconds * 1000, Date.parse(emptiedSince));
  return new Date(heldFrom + dataKeyMaxAgeSeconds * 1000);
}

/** Whether the census of the certificate was too early by what is declared now: `dataKeyMaxAge` can be longer. */
export function isCertifiedEarly(generation: ReplacedGeneration, description: FamilyDescription): boolean {
  const { certifiedSince } = generation;
  return certifiedSince !== undefined && Date.parse(certifiedSince) < earliestCensus(generation, description).getTime();
}
