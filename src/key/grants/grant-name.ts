import { Fn, Names, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { MAX_GRANT_NAME_LENGTH } from '../../contract/limits';
import { describeProblem } from '../../contract/problem';

/** Length of what CloudFormation calls a stack by, so that it is told apart from all others that ever had its name. */
const STACK_UUID_LENGTH = 36;

/** Leaves room for what people put before it, and for what follows it. */
const MAX_PATH_LENGTH = 127;

/**
 * The name of a grant, as ListGrants shows it: what people call it, where it is declared, and which stack it belongs to.
 *
 * Two grants of one name and the same terms would be one to KMS: to delete the one would end the other. So the name belongs to one
 * construct in the life of one stack, also where the same app is deployed to several accounts that share a key.
 */
export function grantName(scope: Construct, given: string | undefined): string {
  const { stackId } = Stack.of(scope);
  return [...beforeStack(scope, given), Fn.select(2, Fn.split('/', stackId))].join('/');
}

/** What KMS would refuse about the name. A name that only the deployment knows, KMS has to look at. */
export function grantNameProblems(scope: Construct, given: string | undefined): string[] {
  if (given === undefined || Token.isUnresolved(given)) return [];
  const length = `${beforeStack(scope, given).join('/')}/`.length + STACK_UUID_LENGTH;
  if (/^[a-zA-Z0-9:/_-]+$/.test(given) && length <= MAX_GRANT_NAME_LENGTH) return [];
  return [describeProblem({
    where: 'name',
    what: 'is not one that KMS takes',
    given: JSON.stringify(given),
    allowed: `letters, digits, / : _ and -, at most ${MAX_GRANT_NAME_LENGTH - (length - given.length)} of them`,
    remedy: 'choose another name',
  })];
}

function beforeStack(scope: Construct, given: string | undefined): string[] {
  const path = Names.uniqueResourceName(scope, { maxLength: MAX_PATH_LENGTH, separator: '-' });
  return given === undefined ? [path] : [given, path];
}
