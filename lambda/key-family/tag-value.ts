import type { GenerationTag } from '../../src/contract/family/generation-tags';
import type { Tags } from '../ports/keys';

/**
 * The value of a tag of this construct. An empty value means that the tag is not set: the construct empties its tags
 * and removes none, so that it never removes a tag of another owner.
 */
export function tagValue(tags: Tags, tag: GenerationTag): string | undefined {
  const value = tags[tag];
  return value === '' ? undefined : value;
}
