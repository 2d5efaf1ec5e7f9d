import { changedKeys } from './changed-keys';
import { changedValues } from './changed-values';
import type { Finding, UndecidedChange } from './finding';
import { changedMemberships } from './memberships';
import { changedTags } from './tags';
import { definitionOf, usedConditions } from './template-conditions';
import { changedTrusts } from './trust';
import { statementsOnOtherKeys } from './unplaced';
import { isRecord, listOf, readableValue } from '../../src/contract/policies/readable-value';
import { resourcesOf, type NamedTemplate, type Template, type TemplateResource } from '../explain/template';
import { keysOf } from '../explain/template-keys';
import type { KeyPair } from '../pairs/pair-keys';
import { pairTemplates, type TemplatePair } from '../pairs/pair-templates';

const IDENTITIES = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'];

/** AWS managed policies that many roles have, and that allow no action of KMS. */
const WITHOUT_KMS = /:iam::aws:policy\/service-role\/AWSLambda(BasicExecutionRole|VPCAccessExecutionRole|ENIManagementAccess)$/;

/** A removed policy of AWS takes no Deny away, except these. */
const WITHOUT_DENY = /:iam::aws:policy\/(?!.*(Deny|Quarantine))/;

/**
 * The changes between two apps that can give more access to a key, beside those of the statements on it.
 *
 * Every template is read, also one without a key: its roles can use a key of another template.
 */
export function undecidedChanges(
  before: readonly NamedTemplate[], after: readonly NamedTemplate[], keys: readonly KeyPair[],
): UndecidedChange[] {
  const filesOfKeys = keys.flatMap(({ found, previous }) => (previous === undefined ? [] : [[previous.file, found.file] as const]));
  const pairs = pairTemplates(before, after, filesOfKeys);
  const withKeys = after.filter(({ template }) => keysOf(template).length > 0);
  return [
    ...changedKeys(keys, before),
    ...pairs.flatMap((pair) => [
      ...undecidedIn(pair),
      ...changedTrusts(pair, before),
      ...statementsOnOtherKeys(pair, withKeys.some(({ template }) => template !== pair.now)),
    ].map((finding) => ({ ...(pair.file === undefined ? {} : { file: pair.file }), ...finding }))),
    ...changedValues(pairs),
    ...changedTags(pairs),
  ];
}

function undecidedIn({ old, now }: TemplatePair): Finding[] {
  return [
    ...changedConditions(old, now),
    ...changedAliases(old, now),
    ...changedMemberships(old, now),
    ...resourcesOf(now, IDENTITIES).flatMap(([logicalId, identity]) => [
      ...changedManagedPolicies(logicalId, old, now),
      ...changedBoundary(logicalId, old.Resources[logicalId], identity),
    ]),
  ];
}

function changedConditions(old: Template, now: Template): Finding[] {
  const usedBefore = usedConditions(old);
  return usedConditions(now).filter((name) => usedBefore.includes(name) && definitionOf(name, old) !== definitionOf(name, now))
    .map((name) => ({
      where: `Conditions, ${name}`,
      reason: 'the definition of the condition changed, so what depends on it may now be created, or no longer denied',
    }));
}

/** IAM policies, and callers, that refer to a key by this alias reach another key. */
function changedAliases(old: Template, now: Template): Finding[] {
  const targetsOf = (template: Template) => new Map(resourcesOf(template, ['AWS::KMS::Alias']).map(([, { Properties = {} }]) =>
    [readableValue(Properties.AliasName), readableValue(Properties.TargetKeyId)]));
  const before = targetsOf(old);
  const isNew = (target: string) => !before.has(target) && now.Resources[target] !== undefined && old.Resources[target] === undefined;
  return [...targetsOf(now)].flatMap(([alias, target]) => {
    const former = before.get(alias);
    if (former === target || isNew(target)) return [];
    const change = former === undefined ? `is new for ${target}` : `moved from ${former} to ${target}`;
    return [{ where: alias, reason: `the alias ${change}, so policies and callers that name the alias reach another key` }];
  });
}

/** A managed policy of the template is compared by its statements. */
function changedManagedPolicies(logicalId: string, before: Template, after: Template): Finding[] {
  const policiesOf = (template: Template) => listOf(template.Resources[logicalId]?.Properties?.ManagedPolicyArns)
    .filter((arn) => !isPolicyOf(template, arn)).map((arn) => readableValue(arn));
  const [old, now] = [policiesOf(before), policiesOf(after)];
  return [
    ...now.filter((arn) => !old.includes(arn) && !WITHOUT_KMS.test(arn)).map((arn) => ({
      where: logicalId, reason: `the managed policy ${arn} was added, whose statements are not in the template`,
    })),
    ...old.filter((arn) => !now.includes(arn) && !WITHOUT_DENY.test(arn)).map((arn) => ({
      where: logicalId, reason: `the managed policy ${arn} was removed, whose statements are not in the template and may deny`,
    })),
  ];
}

/** A parameter can name any policy, also an imported one. */
function isPolicyOf(template: Template, arn: unknown): boolean {
  return isRecord(arn) && 'Ref' in arn && template.Resources[String(arn.Ref)]?.Type === 'AWS::IAM::ManagedPolicy';
}

function changedBoundary(logicalId: string, before: TemplateResource | undefined, { Properties = {} }: TemplateResource): Finding[] {
  const [old, now] = [before?.Properties?.PermissionsBoundary, Properties.PermissionsBoundary].map((boundary) => listOf(boundary)
    .map((each) => readableValue(each)).join());
  if (old === '' || old === undefined || old === now) return [];
  const change = now === '' ? 'was removed' : `changed to ${now}`;
  return [{ where: logicalId, reason: `the permissions boundary ${old} ${change}, so its policies may allow what it prevented` }];
}
