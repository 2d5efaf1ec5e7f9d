import { CfnResource, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import type { FamilyDescription } from '../../contract/family/family-description';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../contract/family/rotating-key-resource';
import { TAG_LIMITS } from '../../contract/limits';
import { describeProblem } from '../../contract/problem';
import { FamilyLimits } from '../values/family-limits';

/** The parts of a family that grow with its stores and names. */
export interface FamilySize {
  readonly family: FamilyDescription;
  /** The role that reads and writes all stores. */
  readonly workerRole: iam.Role;
}

/**
 * Limits of AWS services that a family or its stack exceeds, which CloudFormation would report in the middle of a
 * deployment. To be called after everything is declared, and after the CDK has divided large policies.
 */
export function familySizeProblems(scope: Construct, { family, workerRole }: FamilySize): string[] {
  return [
    ...ownerProblems(Stack.of(scope).resolve(family.owner)),
    ...descriptionSizeProblems(JSON.stringify(Stack.of(scope).resolve(family)).length),
    ...workerPolicyProblems(workerRole),
    ...templateProblems(scope),
  ];
}

/** The owner is the value of a tag. Unknown if the stack is nested. */
function ownerProblems(owner: unknown): string[] {
  if (typeof owner !== 'string' || owner.length <= TAG_LIMITS.valueLength) return [];
  return [describeProblem({
    where: 'owner',
    what: 'stack name and logical id together are too long for the tag cdk-kms-lifecycle:owner',
    given: `${owner.length} characters`,
    allowed: `at most ${TAG_LIMITS.valueLength}`,
    remedy: 'shorten the name of the stack, or the ids of the scopes of this construct',
  })];
}

/** Every message to a function contains the description. */
function descriptionSizeProblems(bytes: number): string[] {
  if (bytes <= FamilyLimits.DESCRIPTION_BYTES) return [];
  return [describeProblem({
    where: 'stores',
    what: 'description of the family is too large for the messages between its state machines and functions',
    given: `about ${bytes} bytes`,
    allowed: `${FamilyLimits.DESCRIPTION_BYTES}, about 600 tables with long names and encryption contexts`,
    remedy: 'divide the stores among several rotating keys, each with an alias of its own',
  })];
}

/** The CDK divides an inline policy above 10 KB into managed policies. */
function workerPolicyProblems(role: iam.Role): string[] {
  const count = role.node.findAll().filter((child) => child instanceof iam.CfnManagedPolicy).length;
  if (count <= FamilyLimits.MANAGED_POLICIES) return [];
  return [describeProblem({
    where: 'stores',
    what: 'stores need more managed policies than the role of the worker can have',
    given: String(count),
    allowed: `${FamilyLimits.MANAGED_POLICIES}, about 245 tables (quota "Managed policies attached to an IAM role")`,
    remedy: 'divide the stores among several rotating keys, each with an alias of its own',
  })];
}

/**
 * A rotating key adds about 90 KB to the template of its stack. Nested stacks have templates of their own. Only the
 * first rotating key of a stack reports it, because rendering a template takes time.
 */
function templateProblems(scope: Construct): string[] {
  const stack = Stack.of(scope);
  const written = stack as unknown as WrittenStack;
  const first = stack.node.findAll().find((each) => isRotatingKeyResource(each) && Stack.of(each) === stack);
  if (first?.node.scopes.includes(scope) !== true) return [];
  const indentation = written._suppressTemplateIndentation === true ? undefined : 1;
  const bytes = Buffer.byteLength(JSON.stringify(stack.resolve(written._toCloudFormation?.() ?? {}), undefined, indentation));
  if (bytes <= FamilyLimits.TEMPLATE_BYTES) return [];
  return [describeProblem({
    where: 'stack',
    what: 'template is too large for CloudFormation, mostly because of its rotating keys',
    given: `${bytes} bytes`,
    allowed: `${FamilyLimits.TEMPLATE_BYTES} bytes, about ten rotating keys`,
    remedy: 'move some of the rotating keys to another stack, or set suppressTemplateIndentation on this one',
  })];
}

/** How the CDK writes the template of a stack. Another version may lack these members: nothing is reported then. */
interface WrittenStack {
  readonly _toCloudFormation?: () => unknown;
  readonly _suppressTemplateIndentation?: boolean;
}

function isRotatingKeyResource(each: IConstruct): boolean {
  return CfnResource.isCfnResource(each) && each.cfnResourceType === ROTATING_KEY_RESOURCE_TYPE;
}
