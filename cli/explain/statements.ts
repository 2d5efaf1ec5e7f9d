import { grantsOn } from './grants';
import { identityPoliciesOf } from './identity-policies';
import { narrowToKey } from './narrow-to-key';
import type { Template } from './template';
import { DEFAULT_KEY_POLICY, type TemplateKey } from './template-keys';
import { policyStatements, type PolicyStatement, type StatementPlace } from '../../src/contract/policies/access-table';

/** A statement that applies to a key, and the policy that contains it. */
export interface PlacedStatement {
  readonly policyStatement: PolicyStatement;
  readonly place: StatementPlace;
  /** An identity policy allows only what the key policy delegates to IAM. */
  readonly needsDelegation: boolean;
}

/** Every statement that applies to a key: of its policy, of identity policies of the same template, and its grants. */
export function statementsOn(key: TemplateKey, template: Template): PlacedStatement[] {
  const { logicalId, policy } = key;
  const source = policy === undefined ? 'default key policy' : 'key policy';
  return [
    ...policyStatements(logicalId, policy ?? DEFAULT_KEY_POLICY)
      .map((policyStatement) => ({ policyStatement, place: { source }, needsDelegation: false })),
    ...identityPoliciesOf(template).flatMap(({ logicalId: id, principals, document, when }) => policyStatements(id, document, when)
      .flatMap((statement) => narrowToKey(statement, key) ?? [])
      .map((policyStatement) => ({ policyStatement, place: { principals, source: `identity policy ${id}` }, needsDelegation: true }))),
    ...grantsOn(key, template).map(({ logicalId: id, policyStatement }) =>
      ({ policyStatement, place: { source: `grant ${id}` }, needsDelegation: false })),
  ];
}
