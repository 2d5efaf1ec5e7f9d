import type * as iam from 'aws-cdk-lib/aws-iam';
import { GenerationTag, MAX_GENERATION_DIGITS } from '../../contract/family/generation-tags';

/** Characters that KMS allows in an alias, except digits. */
const NOT_DIGITS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ/_-:'];

/**
 * Length of the end of the alias in the excluding patterns. It bounds the statement: about 1.5 kB for `alias/orders`, 4
 * kB at most.
 */
const MAX_TAIL_LENGTH = 24;

/**
 * The condition that holds for the generations of a family, and for no other key.
 *
 * IAM has no pattern for digits: `alias/orders/g???` matches generation 100, and also `alias/orders/gold`. Two
 * conditions on the aliases of the key are therefore combined, as the documentation of KMS does: at least one alias is
 * that of the family or has the length of a generation's alias, and no alias has another character than a digit, or a
 * leading zero, after `/g`. Aliases are unique, so no other key can have them.
 *
 * The family's tag is required in addition, and would prove nothing alone: each owner can tag its own keys, and the
 * control role can tag every key that leaves access to IAM.
 *
 * What remains: if a generation also has an alias such as `alias/orders/gold`, or one with the same end before `/g`,
 * the condition does not hold for it. It denies more than it should in that case, and never allows more.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
export function generationsCondition(aliasName: string): iam.Conditions {
  const generations = Array.from({ length: MAX_GENERATION_DIGITS }, (_, index) => `${aliasName}/g${'?'.repeat(index + 1)}`);
  const below = `*${tailOf(aliasName)}/g`;
  return {
    'ForAnyValue:StringLike': { 'kms:ResourceAliases': [aliasName, ...generations] },
    'ForAllValues:StringNotLike': { 'kms:ResourceAliases': [`${below}0?*`, ...NOT_DIGITS.map((character) => `${below}*${character}*`)] },
    'StringEquals': { [`aws:ResourceTag/${GenerationTag.FAMILY}`]: aliasName },
  };
}

/**
 * The end of the alias, or all of it if the family's own alias contains that end followed by `/g`: it
 * would exclude itself.
 */
function tailOf(aliasName: string): string {
  const tail = aliasName.slice(-MAX_TAIL_LENGTH);
  return aliasName.includes(`${tail}/g`) ? aliasName : tail;
}
