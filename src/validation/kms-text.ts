import { Token } from 'aws-cdk-lib';
import { GENERATION_TAG_PREFIX } from '../contract/family/generation-tags';
import { MAX_DESCRIPTION_LENGTH, TAG_CHARACTERS, TAG_LIMITS } from '../contract/limits';
import { describeProblem, type Problem } from '../contract/problem';

/** Reasons for which KMS would refuse the description of a key. */
export function descriptionProblems(description: string | undefined): string[] {
  if (description === undefined || Token.isUnresolved(description) || description.length <= MAX_DESCRIPTION_LENGTH) return [];
  return [describeProblem({
    where: 'description',
    what: 'text is too long for KMS',
    given: `${description.length} characters`,
    allowed: `at most ${MAX_DESCRIPTION_LENGTH}`,
    remedy: 'shorten it, and refer to a document',
  })];
}

/**
 * Names in an encryption context that no condition could name, and those with which the roles of a rotating key test a
 * generation.
 */
export function contextNameProblems(where: string, pairs: { readonly [name: string]: unknown } = {}): string[] {
  return Object.keys(pairs).flatMap((name) => [
    ...(name !== '' ? [] : [describeProblem({
      where, what: 'name of a pair is empty', given: '""', allowed: 'a name of at least one character', remedy: 'name the pair',
    })]),
    ...(!name.startsWith(GENERATION_TAG_PREFIX) ? [] : [describeProblem({
      where, what: 'name of a pair is reserved', given: name, remedy: `choose a name that does not begin with ${GENERATION_TAG_PREFIX}`,
    })]),
  ]);
}

/** Reasons for which KMS would refuse the tags of a key, of which this library adds some itself. */
export function tagProblems(tags: { readonly [name: string]: string }, { ownTags }: { readonly ownTags: number }): string[] {
  const names = Object.keys(tags);
  const max = TAG_LIMITS.count - ownTags;
  const ofThisLibrary = ownTags === 0 ? '' : `: KMS allows ${TAG_LIMITS.count} on a key, and this construct uses ${ownTags}`;
  return [
    ...Object.entries(tags).flatMap(([name, value]) => textProblems(name, value)),
    ...(names.length <= max ? [] : [describeProblem({
      where: 'tags',
      what: 'number of tags is too high',
      given: String(names.length),
      allowed: `at most ${max}${ofThisLibrary}`,
      remedy: 'remove tags with Tags.of(key).remove',
    })]),
  ];
}

function textProblems(name: string, value: string): string[] {
  const where = `tags, ${JSON.stringify(name)}`;
  const characters = 'letters, digits, spaces and _ . : / = + - @';
  const problems: Omit<Problem, 'where'>[] = [];
  if (/^aws:/i.test(name)) {
    problems.push({ what: 'tag is reserved for AWS', given: name, remedy: 'choose a name that does not begin with aws:' });
  }
  for (const [what, text, min, max] of [['name', name, 1, TAG_LIMITS.nameLength], ['value', value, 0, TAG_LIMITS.valueLength]] as const) {
    if (Token.isUnresolved(text)) continue;
    if (text.length < min || text.length > max) {
      problems.push({
        what: `${what} of a tag has a length that KMS refuses`,
        given: `${text.length} characters`,
        allowed: `${min} to ${max}`,
        remedy: `change the ${what}`,
      });
    }
    if (!TAG_CHARACTERS.test(text)) {
      problems.push({
        what: `${what} of a tag has characters that KMS refuses`,
        given: JSON.stringify(text),
        allowed: characters,
        remedy: `change the ${what}`,
      });
    }
  }
  return problems.map((problem) => describeProblem({ where, ...problem }));
}
