import { Annotations, CfnResource, Stack, Stage, Token, TokenComparison } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { generationOfAlias } from '../../contract/family/generation-tags';
import { ROTATING_KEY_RESOURCE_TYPE } from '../../contract/family/rotating-key-resource';
import { describeProblem } from '../../contract/problem';

/** A resource that creates aliases: `AWS::KMS::Alias`, also of another library, or the resource of a rotating key. */
interface AliasOwner {
  readonly resource: CfnResource;
  /** The alias as in the template: a name that is known only during deployment is an intrinsic function. */
  readonly alias: unknown;
  /** Whether the aliases of generations belong to it, too. */
  readonly isFamily: boolean;
}

type NamedByAlias = IConstruct & { readonly aliasName: string };

/**
 * Reports every other resource of the app that creates the alias of this resource, in the same account and Region. The
 * deployment of the second one would fail.
 *
 * Of a rotating key with the alias `alias/orders`, `alias/orders/g<number>` are reserved, and no other name below it.
 * If it is unknown whether both have the same environment, a warning reports it. To be called after everything is
 * declared.
 */
export function aliasOwnerProblems(resource: CfnResource): string[] {
  const all = resource.node.root.node.findAll().flatMap(aliasOwnerOf);
  const own = all.find((each) => each.resource === resource);
  if (own === undefined) return [];
  return all.filter((other) => other !== own && haveAnAliasInCommon(own, other)).flatMap((other) => {
    const problem = describeProblem({
      where: 'alias',
      what: 'two constructs of this app create the same alias, and an alias belongs to one key of an account and Region',
      given: `${nameOf(own)} here, ${nameOf(other)} of ${other.resource.node.path}`,
      remedy: 'choose another name for one of them',
    });
    const together = environments(resource, other.resource);
    if (together === 'unknown') Annotations.of(resource).addWarningV2('cdk-kms-lifecycle:alias-twice', problem);
    return together === 'same' ? [problem] : [];
  });
}

function aliasOwnerOf(construct: IConstruct): AliasOwner[] {
  if (!CfnResource.isCfnResource(construct) || construct.cfnOptions.condition !== undefined) return [];
  const isFamily = construct.cfnResourceType === ROTATING_KEY_RESOURCE_TYPE;
  if (!isFamily && construct.cfnResourceType !== 'AWS::KMS::Alias') return [];
  const named = [...construct.node.scopes].reverse().find((scope): scope is NamedByAlias => 'aliasName' in scope);
  return named === undefined ? [] : [{ resource: construct, alias: Stack.of(construct).resolve(named.aliasName), isFamily }];
}

function haveAnAliasInCommon(one: AliasOwner, other: AliasOwner): boolean {
  return JSON.stringify(one.alias) === JSON.stringify(other.alias) || isOfGeneration(one, other) || isOfGeneration(other, one);
}

function isOfGeneration({ alias, isFamily }: AliasOwner, other: AliasOwner): boolean {
  return isFamily && typeof alias === 'string' && typeof other.alias === 'string' && generationOfAlias(alias, other.alias) !== undefined;
}

function nameOf({ alias, isFamily }: AliasOwner): string {
  const name = typeof alias === 'string' ? alias : 'the same token';
  return isFamily ? `${name} and ${name}/g<number>` : name;
}

/**
 * Whether both resources are deployed to one account and Region. Stacks without `env` can be deployed to several ones,
 * and a stage exists for that purpose.
 */
function environments(one: CfnResource, other: CfnResource): 'same' | 'different' | 'unknown' {
  const [own, its] = [outermost(Stack.of(one)), outermost(Stack.of(other))];
  if (own === its) return 'same';
  const comparisons = [Token.compareStrings(own.account, its.account), Token.compareStrings(own.region, its.region)];
  if (comparisons.includes(TokenComparison.DIFFERENT)) return 'different';
  if (comparisons.every((comparison) => comparison === TokenComparison.SAME)) return 'same';
  return Stage.of(own) === Stage.of(its) ? 'unknown' : 'different';
}

function outermost(stack: Stack): Stack {
  return stack.nestedStackParent === undefined ? stack : outermost(stack.nestedStackParent);
}
