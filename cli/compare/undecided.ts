import { definitionOf, usedConditions } from './template-conditions';
import { isRecord, listOf, readableValue } from '../../src/contract/policies/readable-value';
import { resourcesOf, type Template, type TemplateResource } from '../explain/template';

/** A change that can give more access, and that the statements on a key do not show. It counts as broadening. */
export interface UndecidedChange {
  /** The template in a directory. */
  readonly file?: string;
  /** The resource or the condition. */
  readonly where: string;
  readonly reason: string;
}

type Finding = Pick<UndecidedChange, 'where' | 'reason'>;

const IDENTITIES = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'];

/** AWS managed policies that many roles have, and that allow no action of KMS. */
const WITHOUT_KMS = /:iam::aws:policy\/service-role\/AWSLambda(BasicExecutionRole|VPCAccessExecutionRole|ENIManagementAccess)$/;

/**
 * The changes between two templates that can give more access to a key, beside those of the statements.
 *
 * @param principals the principals that may use a key of the new template, by logical id
 */
export function undecidedChanges(old: Template, now: Template, principals: readonly string[]): Finding[] {
  return [
    ...changedConditions(old, now),
    ...changedAliases(old, now),
    ...resourcesOf(now, IDENTITIES).flatMap(([logicalId, identity]) => {
      const before = old.Resources[logicalId];
      return [
        ...(principals.includes(logicalId) ? changedTrust(logicalId, before, identity) : []),
        ...addedManagedPolicies(logicalId, before, identity),
        ...changedBoundary(logicalId, before, identity),
      ];
    }),
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
  return [...targetsOf(now)].flatMap(([alias, target]) => {
    const former = before.get(alias);
    return former === undefined || former === target ? [] : [{
      where: alias, reason: `the alias moved from ${former} to ${target}, so policies and callers that name the alias reach another key`,
    }];
  });
}

function changedTrust(logicalId: string, before: TemplateResource | undefined, { Properties = {} }: TemplateResource): Finding[] {
  if (before === undefined) return [];
  const [old, now] = [before.Properties, Properties].map((properties) => statementsIn(properties?.AssumeRolePolicyDocument));
  const isDeny = (statement: string) => statement.includes('"Effect":"Deny"');
  const isSame = now!.every((statement) => isDeny(statement) || old!.includes(statement))
    && old!.every((statement) => !isDeny(statement) || now!.includes(statement));
  const reason = 'the trust policy of the role changed, so other principals may use the key through it';
  return isSame ? [] : [{ where: logicalId, reason }];
}

function statementsIn(document: unknown): string[] {
  if (!isRecord(document)) return document === undefined ? [] : [JSON.stringify(document)];
  return listOf(document.Statement).map((statement) => JSON.stringify(sorted(statement)));
}

function addedManagedPolicies(logicalId: string, before: TemplateResource | undefined, now: TemplateResource): Finding[] {
  const policiesOf = (resource: TemplateResource | undefined) => listOf(resource?.Properties?.ManagedPolicyArns)
    // Policies of the template are compared by their statements.
    .filter((arn) => !isRecord(arn) || !('Ref' in arn)).map((arn) => readableValue(arn));
  const known = policiesOf(before);
  return policiesOf(now).filter((arn) => !known.includes(arn) && !WITHOUT_KMS.test(arn)).map((arn) => ({
    where: logicalId, reason: `the managed policy ${arn} was added, whose statements are not in the template`,
  }));
}

function changedBoundary(logicalId: string, before: TemplateResource | undefined, { Properties = {} }: TemplateResource): Finding[] {
  const [old, now] = [before?.Properties?.PermissionsBoundary, Properties.PermissionsBoundary].map((boundary) => listOf(boundary)
    .map((each) => readableValue(each)).join());
  if (old === '' || old === undefined || old === now) return [];
  const change = now === '' ? 'was removed' : `changed to ${now}`;
  return [{ where: logicalId, reason: `the permissions boundary ${old} ${change}, so its policies may allow what it prevented` }];
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}
