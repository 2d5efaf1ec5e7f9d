import type { GenerationTag } from '../../src/contract/family/generation-tags';
import type { Tags } from '../ports';

/** What a tag of ours says. An empty one says nothing: KMS tags are taken back by emptying them, which cannot hit a stranger's tag. */
export function tagValue(tags: Tags, tag: GenerationTag): string | undefined {
  const value = tags[tag];
  return value === '' ? undefined : value;
}
