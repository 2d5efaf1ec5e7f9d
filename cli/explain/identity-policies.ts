import { documentIn } from './json-with-references';
import { referenceIn } from './references';
import { resourcesOf, type Template } from './template';
import { templateCondition } from '../../src/contract/policies/access-table';
import { isRecord, listOf, readableValue } from '../../src/contract/policies/readable-value';

/** A policy that says what those may do whom it is attached to. */
export interface IdentityPolicy {
  /** The resource of the template that it stands in. */
  readonly logicalId: string;
  /** Whom it is attached to. */
  readonly principals: readonly string[];
  readonly document: unknown;
  /** The conditions of the template under which there is such a policy. */
  readonly when: readonly string[];
}

/** `AWS::IAM::RolePolicy` names one role, `AWS::IAM::Policy` any number of everybody. */
const ATTACHED = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy', 'AWS::IAM::UserPolicy', 'AWS::IAM::GroupPolicy'];
const ATTACHED_TO = ['Roles', 'Users', 'Groups', 'RoleName', 'UserName', 'GroupName'];
const IDENTITIES = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'];
const NOBODY_HERE = 'nobody in this template';

/** The identity policies of a template: those on their own, and those within roles, users and groups. */
export function identityPoliciesOf(template: Template): IdentityPolicy[] {
  const identities = resourcesOf(template, IDENTITIES);
  const attached = resourcesOf(template, ATTACHED).map(([logicalId, { Properties = {}, Condition }]): IdentityPolicy => {
    const named = ATTACHED_TO.flatMap((property) => listOf(Properties[property])).map((principal) => readableValue(principal));
    const naming = identities
      .filter(([, identity]) => listOf(identity.Properties?.ManagedPolicyArns).some((arn) => referenceIn(arn) === logicalId))
      .map(([identity]) => identity);
    const principals = [...new Set([...named, ...naming])];
    const attachedTo = principals.length === 0 ? [NOBODY_HERE] : principals;
    return { logicalId, principals: attachedTo, document: documentIn(Properties.PolicyDocument), when: whenThereIs(Condition) };
  });
  const inline = identities.flatMap(([logicalId, { Properties = {}, Condition }]) => listOf(Properties.Policies).map((policy): IdentityPolicy => {
    const document = isRecord(policy) ? documentIn(policy.PolicyDocument) : policy;
    return { logicalId, principals: [logicalId], document, when: whenThereIs(Condition) };
  }));
  return [...attached, ...inline];
}

function whenThereIs(condition: string | undefined): string[] {
  return condition === undefined ? [] : [templateCondition(condition)];
}
