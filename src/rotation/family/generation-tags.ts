import { Stack, TagManager, TagType } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * The tags of a rotating key as `Tags.of` sets them. Each generation is an `AWS::KMS::Key`, so tags for resources of
 * that type are tags of the generations.
 */
export function generationTagManager(): TagManager {
  return new TagManager(TagType.MAP, 'AWS::KMS::Key');
}

/**
 * Every tag that a KMS key in this place of the app would have: those of its stacks, and its own, which take
 * precedence.
 *
 * CloudFormation adds the tags of a stack to its resources, and not to what a custom resource creates. To be called
 * after the whole app is built.
 */
export function tagsOfGenerations(scope: Construct, own: TagManager): Record<string, string> {
  return Object.assign({}, ...stacksOf(scope).map(({ tags }) => tags.tagValues()), own.tagValues()) as Record<string, string>;
}

/** The stack and the stacks in which it is nested, the outermost first. */
function stacksOf(scope: Construct): Stack[] {
  const stack = Stack.of(scope);
  return [...stack.nestedStackParent === undefined ? [] : stacksOf(stack.nestedStackParent), stack];
}
