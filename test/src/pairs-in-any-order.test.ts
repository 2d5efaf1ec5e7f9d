import { Template } from 'aws-cdk-lib/assertions';
import { ContextValue, GrantOperation, KmsGrant } from '../../src/index';
import { aCustomerManagedKey } from '../support/a-customer-managed-key';
import { aRotatingKey, aStore } from '../support/a-rotating-key';
import { aRole, aStack } from '../support/a-stack';

/** The template, as text, of a stack in which everything that takes an encryption context has one. */
function templateWith(names: string[], constraint: 'encryptionContextEquals' | 'encryptionContextSubset'): string {
  const stack = aStack();
  const pairs = Object.fromEntries(names.map((name) => [name, `the ${name}`]));
  const values = Object.fromEntries(names.map((name) => [name, ContextValue.attribute(name)]));
  const key = aCustomerManagedKey(stack, { alias: 'alias/papers', users: [aRole(stack, 'Service')], encryptionContext: pairs }, 'Papers');
  new KmsGrant(stack, 'Grant', { key, grantee: aRole(stack, 'Reports'), operations: [GrantOperation.DECRYPT], [constraint]: pairs });
  aRotatingKey(stack, { stores: [aStore(stack, { encryptionContext: values })] });
  return JSON.stringify(Template.fromStack(stack).toJSON());
}

test.each(['encryptionContextEquals', 'encryptionContextSubset'] as const)(
  'the template does not depend on the order of an encryption context, because a Java map has none (%s)', (constraint) => {
    const template = templateWith(['tenant', 'Purpose', 'order'], constraint);
    expect(template).toContain('the Purpose');
    expect(templateWith(['Purpose', 'order', 'tenant'], constraint)).toBe(template);
    expect(templateWith(['order', 'tenant', 'Purpose'], constraint)).toBe(template);
  });
