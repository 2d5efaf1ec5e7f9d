import { covers } from './covers';
import { canonical, type Finding } from './finding';
import { permitsOf, type Permit } from './permits';
import { policyStatements } from '../../src/contract/policies/access-table';
import { canApplyToKeys } from '../../src/contract/policies/action-groups';
import { isUnknown, listOf, readableValue } from '../../src/contract/policies/readable-value';
import { matchesWildcard } from '../../src/contract/policies/wildcard';
import { GRANT_RESOURCE_TYPE } from '../../src/contract/requests/grant-request';
import { identityPoliciesOf } from '../explain/identity-policies';
import { referenceIn } from '../explain/references';
import { EMPTY_TEMPLATE, resourcesOf, type Template } from '../explain/template';
import { keysOf } from '../explain/template-keys';
import type { TemplatePair } from '../pairs/pair-templates';

/** A permit of an identity policy, and the resource to which it applies. */
interface PlacedPermit extends Permit {
  readonly resource: string;
  /** Whether the resource is no key, or is compared as a key of this template. */
  readonly isDecided: boolean;
}

/**
 * The added statements of identity policies, and the added grants, whose key is not in the same template: it is
 * imported, named by its literal ARN, or known only at deployment. A removed Deny is an added right.
 *
 * @param hasOtherKeys whether a wildcard also matches a key of another template
 */
export function statementsOnOtherKeys({ old, now, isSameStack }: TemplatePair, hasOtherKeys: boolean): Finding[] {
  const former = isSameStack ? old : EMPTY_TEMPLATE;
  const before = permitsIn(former, hasOtherKeys);
  const after = permitsIn(now, hasOtherKeys);
  const isMissing = (permit: PlacedPermit, others: readonly PlacedPermit[]) =>
    !permit.isDecided && !others.some((other) => covers(other, permit));
  const added = after.filter((permit) => permit.effect === 'Allow' && isMissing(permit, before));
  const isDeleted = (principal: string) => old.Resources[principal] !== undefined && now.Resources[principal] === undefined;
  const removed = before.filter((permit) => permit.effect === 'Deny' && !isDeleted(permit.principal) && isMissing(permit, after));
  const text = (verb: string) => ({ source, principal, action, resource }: PlacedPermit) => ({
    where: source.replace(/^identity policy /, ''),
    about: `${verb} ${principal} on ${resource}`,
    action,
  });
  return [...grouped([...added.map(text('allows')), ...removed.map(text('no longer denies'))]), ...changedGrants(former, now)];
}

function grouped(changes: readonly { readonly where: string; readonly about: string; readonly action: string }[]): Finding[] {
  const rows = new Map<string, { where: string; about: string; actions: Set<string> }>();
  for (const { where, about, action } of changes) {
    const id = JSON.stringify([where, about]);
    const row = rows.get(id) ?? { where, about, actions: new Set<string>() };
    row.actions.add(action);
    rows.set(id, row);
  }
  return [...rows.values()].map(({ where, about, actions }) => {
    const wildcards = [...actions].filter((action) => /[*?]/.test(action));
    const shown = [...actions].filter((action) => !wildcards.some((wildcard) => wildcard !== action && matchesWildcard(wildcard, action)));
    return { where, reason: `the policy ${about}, which may be a key of another template: ${shown.join(', ')}` };
  });
}

function permitsIn(template: Template, hasOtherKeys: boolean): PlacedPermit[] {
  const keyIds = keysOf(template).flatMap(({ referenceIds }) => referenceIds);
  return identityPoliciesOf(template).flatMap(({ logicalId, principals, document, when: created }) =>
    policyStatements(logicalId, document, created).flatMap((policyStatement) => {
      const { statement, when } = policyStatement;
      const actions = listOf(statement.Action).map((action) => readableValue(action))
        .filter((action) => isUnknown(action) || canApplyToKeys(action));
      if (actions.length === 0 && statement.NotAction === undefined) return [];
      const place = { principals, source: `identity policy ${logicalId}` };
      const narrowed = { ...statement, ...(statement.NotAction === undefined ? { Action: actions } : {}) };
      return resourcesIn(statement).flatMap(({ resource, value }) => {
        const isDecided = isDecidedHere(value, template, keyIds, hasOtherKeys);
        const scoped = { ...policyStatement, statement: narrowed, when: [...when, ...(resource === '*' ? [] : [`for ${resource}`])] };
        return permitsOf({ policyStatement: scoped, place })
          .map((permit) => ({ ...permit, resource, isDecided }));
      });
    }));
}

function resourcesIn(
  { Resource: resources, NotResource: others }: { readonly [member: string]: unknown },
): { readonly resource: string; readonly value: unknown }[] {
  if (others === undefined) return listOf(resources).map((value) => ({ resource: readableValue(value), value }));
  return [{ resource: `every resource except ${listOf(others).map((value) => readableValue(value)).sort().join(', ')}`, value: '*' }];
}

/** Services whose resources can have any value as an attribute. */
const ANY_ATTRIBUTE = /^AWS::(CloudFormation|SSM)::/;
const OWN_KEY = '#key';
const NO_KEY = '#other';

/** A resource of AWS in the same template that is not one of its keys is no key. */
function isDecidedHere(value: unknown, { Resources }: Template, keyIds: readonly string[], hasOtherKeys: boolean): boolean {
  const text = readableValue(value, (logicalId, attribute) => {
    if (keyIds.includes(logicalId)) return OWN_KEY;
    const type = Resources[logicalId]?.Type ?? '';
    const isNative = type.startsWith('AWS::') && !ANY_ATTRIBUTE.test(type);
    return isNative && (attribute === undefined || /^(Arn|StreamArn)$/.test(attribute)) ? NO_KEY : `#${logicalId}`;
  });
  if (text === OWN_KEY || text.endsWith(`:key/<${OWN_KEY}>`) || text === NO_KEY || text.startsWith(`<${NO_KEY}>`)) return true;
  if (text === '*') return !hasOtherKeys;
  const [arn, , service = '*', , , ...rest] = text.split(':');
  if (arn !== 'arn' || isUnknown(text)) return false;
  const isOfKms = /[*?#]/.test(service) ? service.includes('#') || matchesWildcard(service, 'kms') : service === 'kms';
  if (!isOfKms || rest.join(':').startsWith('alias/')) return true;
  return /[*?]/.test(text) && !text.includes('#') && !hasOtherKeys;
}

/** Grants on a key of the same template are compared as statements. */
function changedGrants(old: Template, now: Template): Finding[] {
  const keyIds = keysOf(now).flatMap(({ referenceIds }) => referenceIds);
  return resourcesOf(now, [GRANT_RESOURCE_TYPE]).flatMap(([logicalId, { Properties = {} }]) => {
    if (keyIds.includes(referenceIn(Properties.KeyArn) ?? '')) return [];
    if (canonical(old.Resources[logicalId]?.Properties) === canonical(Properties)) return [];
    const key = readableValue(Properties.KeyArn);
    return [{ where: logicalId, reason: `the grant is new or changed, and ${key} may be a key of another template` }];
  });
}
