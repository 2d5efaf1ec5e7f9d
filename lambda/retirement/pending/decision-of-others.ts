import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { tagValue } from '../../key-family/tag-value';
import type { Tags } from '../../ports/keys';

/**
 * Whether retirement did not schedule this deletion. Its tag is written before, so a key without it was scheduled by an
 * operator or is a key that was never used. A key whose tags cannot be read can be of retirement.
 */
export function isDecisionOfOthers(alias: string, tags: Tags): boolean {
  if (Object.keys(tags).length === 0) return false;
  return tags[GenerationTag.FAMILY] !== alias || tagValue(tags, GenerationTag.RECOUNTED_AT) === undefined;
}
