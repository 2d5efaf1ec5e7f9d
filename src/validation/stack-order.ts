import { Resource, Stack, Stage, Token, TokenComparison } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** Deploys a stack after another one. The reason is part of the error if that makes a cycle. */
export function deployAfter(stack: Stack, first: Stack, reason: string): void {
  // The CDK has renamed the method. It warns of the old name, which its oldest supported version needs.
  const { addStackDependency: renamed } = stack as { readonly addStackDependency?: (first: Stack, reason: string) => void };
  if (renamed === undefined) stack.addDependency(first, reason);
  else renamed.call(stack, first, reason);
}

/**
 * Deploys the stack of a key after the stacks of the principals that its key policy names.
 *
 * The CDK finds these references itself, but only after the app is built. Its error about a cycle would then contain no
 * remedy: the usual one is a stack with a table and a key, and a stack with the function that uses both.
 *
 * @param property the property that names the principals
 * @param remedy how to allow such a principal without a reference to its stack
 */
export function deployAfterPrincipals(scope: Construct, property: string, grantees: readonly iam.IGrantable[], remedy: string): void {
  const own = Stack.of(scope);
  for (const { grantPrincipal } of grantees) {
    if (!Construct.isConstruct(grantPrincipal) || !Resource.isOwnedResource(grantPrincipal)) continue;
    const theirs = Stack.of(grantPrincipal);
    if (theirs === own || !canRefer(own, theirs)) continue;
    deployAfter(own, theirs, `${scope.node.path}, ${property}: the key policy names ${grantPrincipal.node.path}; ${remedy}`);
  }
}

/** Nested stacks, and stacks of other stages or environments, refer to each other in other ways. */
function canRefer(own: Stack, theirs: Stack): boolean {
  if (own.nestedStackParent !== undefined || theirs.nestedStackParent !== undefined || Stage.of(own) !== Stage.of(theirs)) return false;
  return [Token.compareStrings(own.account, theirs.account), Token.compareStrings(own.region, theirs.region)]
    .every((comparison) => comparison === TokenComparison.SAME || comparison === TokenComparison.BOTH_UNRESOLVED);
}
