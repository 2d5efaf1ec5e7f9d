import { Fn, Names, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { MAX_GRANT_NAME_LENGTH } from '../../contract/limits';
import { describeProblem } from '../../contract/problem';

/** Length of the UUID in a stack id. It distinguishes a stack from earlier stacks of the same name. */
const STACK_UUID_LENGTH = 36;

/** Leaves space for the `name` before the path and the UUID after it. */
const MAX_PATH_LENGTH = 127;

/**
 * Name of a grant, as ListGrants shows it: the given `name`, the path of the construct, and the UUID of the stack.
 *
 * For KMS, two grants with the same name and the same terms are one grant: deleting one would end the other. The name
 * is therefore unique to one construct of one stack, also if the same app is deployed to several accounts that share a
 * key.
 */
export function grantName(scope: Construct, given: string | undefined): string {
  const { stackId } = Stack.of(scope);
  return [...beforeStack(scope, given), Fn.select(2, Fn.split('/', stackId))].join('/');
}

/** Reasons for which KMS would refuse the name. A name that is a token is left for KMS to check. */
export function grantNameProblems(scope: Construct, given: string | undefined): string[] {
  if (given === undefined || Token.isUnresolved(given)) return [];
  const length = `${beforeStack(scope, given).join('/')}/`.length + STACK_UUID_LENGTH;
  if (/^[a-zA-Z0-9:/_-]+$/.test(given) && length <= MAX_GRANT_NAME_LENGTH) return [];
  return [describeProblem({
    where: 'name',
    what: 'is not valid in KMS',
    given: JSON.stringify(given),
    allowed: `letters, digits, / : _ and -, at most ${MAX_GRANT_NAME_LENGTH - (length - given.length)} of them`,
    remedy: 'choose another name',
  })];
}

function beforeStack(scope: Construct, given: string | undefined): string[] {
  const path = Names.uniqueResourceName(scope, { maxLength: MAX_PATH_LENGTH, separator: '-' });
  return given === undefined ? [path] : [given, path];
}
