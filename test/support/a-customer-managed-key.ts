import type { Stack } from 'aws-cdk-lib';
import { complaintsOf, onlyResource } from './a-stack';
import { CustomerManagedKey, type CustomerManagedKeyProps } from '../../src/index';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Principal: unknown;
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** A key with its required props, and the props of the test. */
export function aCustomerManagedKey(stack: Stack, props: Partial<CustomerManagedKeyProps> = {}, id = 'Key'): CustomerManagedKey {
  return new CustomerManagedKey(stack, id, { alias: 'alias/orders', ...props });
}

/** What synthesis says against such a key. */
export function complaintsAbout(stack: Stack, props: Partial<CustomerManagedKeyProps>): string {
  aCustomerManagedKey(stack, props);
  return complaintsOf(stack);
}

export function keyProperties(stack: Stack): Record<string, unknown> {
  return onlyResource(stack, 'AWS::KMS::Key').Properties;
}

export function keyStatementsOf(stack: Stack): Statement[] {
  return (keyProperties(stack).KeyPolicy as { Statement: Statement[] }).Statement;
}
