import { Resource, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { withoutConditions } from './principals/nameable';

/**
 * Whether a stack may refer to a principal without a new dependency between stacks that are deployed one after another.
 *
 * A principal that this app does not create (a service, an ARN, a role from `fromRoleName`) causes no dependency. A
 * nested stack may refer to its parents, which create it, and to the stacks on which they depend.
 */
export function mayReferTo(scope: Construct, grantee: iam.IGrantable): boolean {
  const grantPrincipal = withoutConditions(grantee.grantPrincipal);
  if (!isOfThisApp(grantPrincipal)) return true;
  const own = parentsOf(Stack.of(scope));
  const theirs = parentsOf(Stack.of(grantPrincipal));
  const deployedFirst = own.flatMap(({ dependencies }) => dependencies);
  return own.includes(Stack.of(grantPrincipal)) || deployedFirst.some((stack) => theirs.includes(stack));
}

/** Whether a principal is in a nested stack that is deployed together with the stack of the scope. */
export function isDeployedTogether(scope: Construct, grantee: iam.IGrantable): boolean {
  const grantPrincipal = withoutConditions(grantee.grantPrincipal);
  return Construct.isConstruct(grantPrincipal) && outermost(scope) === outermost(grantPrincipal);
}

/** The stack that an app deploys: the outermost parent of a nested stack. */
export function outermost(scope: Construct): Stack {
  return parentsOf(Stack.of(scope)).at(-1) as Stack;
}

function isOfThisApp(principal: iam.IPrincipal): principal is iam.IPrincipal & Construct {
  return Construct.isConstruct(principal) && Resource.isOwnedResource(principal);
}

/** The stack, and its parents if it is nested. */
function parentsOf(stack: Stack): Stack[] {
  return [stack, ...stack.nestedStackParent === undefined ? [] : parentsOf(stack.nestedStackParent)];
}
