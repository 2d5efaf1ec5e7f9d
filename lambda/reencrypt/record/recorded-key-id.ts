import type { GenerationArns } from '../../../src/contract/runs/reencryption';

/** What an application's note of the KMS key is worth to us. It is never more than a hint. */
export type KeyIdHint =
  /** It names the current generation. */
  | { readonly kind: 'current' }
  /** It names an older generation, by key id or ARN. */
  | { readonly kind: 'older'; readonly keyArn: string }
  /** Nothing was noted. */
  | { readonly kind: 'absent' }
  /** An alias, a key of somebody else, or no key at all: as good as absent, and counted. */
  | { readonly kind: 'unusable' };

/** Reads a recorded key id against the generations of the family: only a generation's own key id or ARN counts. */
export function readKeyIdHint(recordedKeyId: string | undefined, generations: GenerationArns): KeyIdHint {
  if (recordedKeyId === undefined) return { kind: 'absent' };
  const keyArn = generations.all.find((arn) => arn === recordedKeyId || keyIdOf(arn) === recordedKeyId);
  if (keyArn === undefined) return { kind: 'unusable' };
  return keyArn === generations.current ? { kind: 'current' } : { kind: 'older', keyArn };
}

/** The bare key id at the end of a key ARN. */
export function keyIdOf(keyArn: string): string {
  return keyArn.slice(keyArn.lastIndexOf('/') + 1);
}
