import type { GenerationArns } from '../../../src/contract/runs/reencryption';

/** What a recorded key id means in this family. It is never a proof of the key of the blob. */
export type RecordedKeyId =
  /** It names the current generation. */
  | { readonly kind: 'current' }
  /** It names an older generation, by key id or ARN. */
  | { readonly kind: 'older'; readonly keyArn: string }
  /** No key id is recorded. */
  | { readonly kind: 'absent' }
  /** An alias, a key outside the family, or no key at all. Treated as absent, and counted. */
  | { readonly kind: 'unusable' };

/** Compares a recorded key id with the generations of the family. Only the key id or key ARN of a generation counts. */
export function readRecordedKeyId(recordedKeyId: string | undefined, generations: GenerationArns): RecordedKeyId {
  if (recordedKeyId === undefined) return { kind: 'absent' };
  const keyArn = generations.all.find((arn) => arn === recordedKeyId || keyIdOf(arn) === recordedKeyId);
  if (keyArn === undefined) return { kind: 'unusable' };
  return keyArn === generations.current ? { kind: 'current' } : { kind: 'older', keyArn };
}

/** The bare key id at the end of a key ARN. */
export function keyIdOf(keyArn: string): string {
  return keyArn.slice(keyArn.lastIndexOf('/') + 1);
}
