import type { Tag } from '../../model/keys/kms-key';
import { badTags } from '../../protocol/errors';
import { KEY_ID, LIMIT, MARKER } from '../../protocol/members';
import { listInOrder, page } from '../../protocol/pages';
import { list, optional, structure, text } from '../../protocol/shape';
import { operation } from '../call/operation';

const TAG_KEY = text({ min: 1, max: 128 });
export const TAG = structure({ TagKey: TAG_KEY, TagValue: text({ max: 256 }) });
const MAX_TAGS = 50;
/** Letters, digits and spaces of every language, and these characters. The message of AWS is unconfirmed. */
const CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Refuses tags that KMS refuses, counting those that the key has and keeps. */
export function checkNewTags(given: readonly Tag[], present: readonly Tag[]): void {
  const names = new Set(given.map((tag) => tag.TagKey));
  if (given.some((tag) => tag.TagKey.toLowerCase().startsWith('aws:'))) throw badTags('Tags beginning with aws: are reserved');
  if (given.some(({ TagKey, TagValue }) => !CHARACTERS.test(TagKey) || !CHARACTERS.test(TagValue))) {
    throw badTags('Tag keys and values can contain only letters, digits, spaces, and the characters _ . : / = + - @');
  }
  if (names.size < given.length) throw badTags('Duplicate tag keys');
  const kept = present.filter((tag) => !names.has(tag.TagKey)).length;
  if (kept + given.length > MAX_TAGS) throw badTags('Too many tags');
}

/** Adds or changes tags. An existing tag keeps its position; a new one is last. */
export const tagResource = operation(structure({ KeyId: KEY_ID, Tags: list(TAG) }), async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('TagResource', key);
  checkNewTags(request.Tags, key.tags);
  const values = new Map(key.tags.map((tag) => [tag.TagKey, tag.TagValue]));
  for (const tag of request.Tags) values.set(tag.TagKey, tag.TagValue);
  key.tags = [...values].map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
});

/** Removes tags. Removing a tag that does not exist succeeds. */
export const untagResource = operation(structure({ KeyId: KEY_ID, TagKeys: list(TAG_KEY) }), async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('UntagResource', key);
  key.tags = key.tags.filter((tag) => !request.TagKeys.includes(tag.TagKey));
});

export const listResourceTags = operation(
  structure({ KeyId: KEY_ID, Limit: optional(LIMIT), Marker: optional(MARKER) }),
  async (request, call) => {
    const key = call.keyById(request.KeyId);
    await call.admit('ListResourceTags', key);
    const { entries, ...end } = page('ListResourceTags', listInOrder(key.tags), request, { default: 50, max: 50 });
    return { Tags: entries, ...end };
  },
);
