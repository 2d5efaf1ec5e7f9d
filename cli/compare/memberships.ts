import type { Finding } from './finding';
import { isRecord, listOf, readableValue } from '../../src/contract/policies/readable-value';
import { identityPoliciesOf } from '../explain/identity-policies';
import { resourcesOf, type Template } from '../explain/template';

interface Membership {
  /** The resource that declares it. */
  readonly where: string;
  readonly user: string;
  readonly group: string;
}

/** Users that join a group, and so have its policies, and users that leave one whose policies may deny. */
export function changedMemberships(old: Template, now: Template): Finding[] {
  const [before, after] = [membershipsOf(old), membershipsOf(now)];
  const isIn = (list: readonly Membership[], { user, group }: Membership) =>
    list.some((each) => each.user === user && each.group === group);
  return [
    ...after.filter((membership) => !isIn(before, membership)).map(({ where, user, group }) => ({
      where, reason: `${user} joined the group ${group}, so the policies of the group apply to it`,
    })),
    ...before.filter((membership) => !isIn(after, membership) && isLeft(membership, old, now) && mayDeny(membership.group, old))
      .map(({ where, user, group }) => ({
        where, reason: `${user} left the group ${group}, so a Deny of the policies of the group no longer applies to it`,
      })),
  ];
}

function membershipsOf(template: Template): Membership[] {
  return [
    ...resourcesOf(template, ['AWS::IAM::User']).flatMap(([where, { Properties = {} }]) => listOf(Properties.Groups)
      .map((group) => ({ where, user: where, group: readableValue(group) }))),
    ...resourcesOf(template, ['AWS::IAM::UserToGroupAddition']).flatMap(([where, { Properties = {} }]) => listOf(Properties.Users)
      .map((user) => ({ where, user: readableValue(user), group: readableValue(Properties.GroupName) }))),
  ];
}

/** A deleted user has left no group. */
function isLeft({ user }: Membership, old: Template, now: Template): boolean {
  return old.Resources[user] === undefined || now.Resources[user] !== undefined;
}

/** Policies that are not in the template may deny. */
function mayDeny(group: string, template: Template): boolean {
  const declared = template.Resources[group];
  if (declared === undefined) return true;
  const others = listOf(declared.Properties?.ManagedPolicyArns)
    .some((arn) => !isRecord(arn) || template.Resources[String(arn.Ref)]?.Type !== 'AWS::IAM::ManagedPolicy');
  return others || identityPoliciesOf(template)
    .some(({ principals, document }) => principals.includes(group) && JSON.stringify(document).includes('"Deny"'));
}
