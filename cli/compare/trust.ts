import { canonical, type Finding } from './finding';
import { accessResources } from './references-of-access';
import { isRecord, listOf } from '../../src/contract/policies/readable-value';
import { resourcesOf, type NamedTemplate, type TemplateResource } from '../explain/template';
import type { TemplatePair } from '../pairs/pair-templates';

/**
 * The roles whose trust policy changed.
 *
 * Every role counts: a policy can name it by reference, by import, by its literal ARN and by a condition, and a policy
 * that is attached to it can be in another template.
 */
export function changedTrusts({ old, now }: TemplatePair, before: readonly NamedTemplate[]): Finding[] {
  return resourcesOf(now, ['AWS::IAM::Role']).flatMap(([logicalId, role]) => {
    const { RoleName: name } = role.Properties ?? {};
    const same = old.Resources[logicalId]?.Type === 'AWS::IAM::Role' ? old.Resources[logicalId] : undefined;
    const former = same?.Properties?.RoleName === name ? same : withName(name, before) ?? same;
    if (former !== undefined) return changedTrust(logicalId, former, role);
    return typeof name === 'string' && before.some(({ template }) => isNamed(name, accessResources(template))) ? [{
      where: logicalId,
      reason: `the role ${name} is new in the templates, and a policy has already named it: its former trust policy is not known`,
    }] : [];
  });
}

/** A role that was declared by another logical id, or in another template. */
function withName(name: unknown, before: readonly NamedTemplate[]): TemplateResource | undefined {
  if (typeof name !== 'string') return undefined;
  return before.flatMap(({ template }) => resourcesOf(template, ['AWS::IAM::Role'])).map(([, role]) => role)
    .find((role) => role.Properties?.RoleName === name);
}

function isNamed(name: string, resources: readonly TemplateResource[]): boolean {
  const pattern = new RegExp(`[/"]${name.replaceAll(/[^\w]/g, '\\$&')}(?![\\w+=,.@-])`);
  return resources.some(({ Properties, Type }) => Type !== 'AWS::IAM::Role' && pattern.test(canonical(Properties)));
}

function changedTrust(logicalId: string, before: TemplateResource, { Properties = {} }: TemplateResource): Finding[] {
  const [old = [], now = []] = [before.Properties, Properties].map((properties) => statementsIn(properties?.AssumeRolePolicyDocument));
  const isIn = (list: readonly unknown[], statement: unknown) => list.some((each) => canonical(each) === canonical(statement));
  const isSame = now.every((statement) => isDeny(statement) || isIn(old, statement))
    && old.every((statement) => !isDeny(statement) || isIn(now, statement));
  const reason = 'the trust policy of the role changed, so other principals may use a key through it';
  return isSame ? [] : [{ where: logicalId, reason }];
}

/** Only a statement that denies without a condition of the template. */
function isDeny(statement: unknown): boolean {
  return isRecord(statement) && statement.Effect === 'Deny';
}

/** A document that is text, or that a condition of the template selects, is compared as a whole. */
function statementsIn(document: unknown): unknown[] {
  if (document === undefined) return [];
  return isRecord(document) && document.Statement !== undefined ? listOf(document.Statement) : [document];
}
