import { documentIn } from './json-with-references';
import { referenceIn } from './references';
import { resourcesOf, type Template } from './template';
import { templateCondition } from '../../src/contract/policies/access-table';
import { isRecord, listOf, readableValue } from '../../src/contract/policies/readable-value';

/** An IAM policy that is attached to roles, users or groups. */
export interface IdentityPolicy {
  /** The resource of the template that contains the policy. */
  readonly logicalId: string;
  /** The roles, users and groups that the policy is attached to. */
  readonly principals: readonly string[];
  readonly document: unknown;
  /** The conditions of the template under which the policy is created. */
  readonly when: readonly string[];
}

/** `AWS::IAM::RolePolicy` names one role, `AWS::IAM::Policy` any number of roles, users and groups. */
const ATTACHED = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy', 'AWS::IAM::RolePolicy', 'AWS::IAM::UserPolicy', 'AWS::IAM::GroupPolicy'];
const ATTACHED_TO = ['Roles', 'Users', 'Groups', 'RoleName', 'UserName', 'GroupName'];
const IDENTITIES = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'];
const NO_PRINCIPAL = 'no principal in this template';

/** The identity policies of a template: separate resources, and inline policies of roles, users and groups. */
export function identityPoliciesOf(template: Template): IdentityPolicy[] {
  const identities = resourcesOf(template, IDENTITIES);
  const attached = resourcesOf(template, ATTACHED).map(([logicalId, { Properties = {}, Condition }]): IdentityPolicy => {
    const named = ATTACHED_TO.flatMap((property) => listOf(Properties[property])).map((principal) => readableValue(principal));
    const attaching = identities
      .filter(([, identity]) => listOf(identity.Properties?.ManagedPolicyArns).some((arn) => referenceIn(arn) === logicalId))
      .map(([identity]) => identity);
    const principals = [...new Set([...named, ...attaching])];
    const attachedTo = principals.length === 0 ? [NO_PRINCIPAL] : principals;
    return { logicalId, principals: attachedTo, document: documentIn(Properties.PolicyDocument), when: conditionsOf(Condition) };
  });
  const inline = identities.flatMap(([logicalId, { Properties = {}, Condition }]) => listOf(Properties.Policies)
    .map((policy): IdentityPolicy => {
      const document = isRecord(policy) ? documentIn(policy.PolicyDocument) : policy;
      return { logicalId, principals: [logicalId], document, when: conditionsOf(Condition) };
    }));
  return [...attached, ...inline];
}

function conditionsOf(condition: string | undefined): string[] {
  return condition === undefined ? [] : [templateCondition(condition)];
}
