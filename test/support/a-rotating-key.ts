import { isDeepStrictEqual } from 'node:util';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { onlyResource } from './a-stack';
import type { FamilyDescription } from '../../src/contract/family/family-description';
import { DataKeyStore, RotatingKey, type DynamoTableStoreOptions, type RotatingKeyProps } from '../../src/index';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: object;
}

export function aTable(stack: Stack, id = 'Orders', props: Partial<dynamodb.TableProps> = {}): dynamodb.Table {
  return new dynamodb.Table(stack, id, { partitionKey: { name: 'orderId', type: dynamodb.AttributeType.STRING }, ...props });
}

/** A store over a table of orders, with default options. */
export function aStore(stack: Stack, options: Partial<DynamoTableStoreOptions> = {}, id = 'Orders'): DataKeyStore {
  return DataKeyStore.dynamoTable(aTable(stack, id), { dataKeyAttribute: 'dataKey', ...options });
}

/** A rotating key with its required props, a store, and the props of the test. */
export function aRotatingKey(stack: Stack, props: Partial<RotatingKeyProps> = {}, id = 'Key'): RotatingKey {
  return new RotatingKey(stack, id, { alias: 'alias/orders', stores: props.stores ?? [aStore(stack)], ...props });
}

/**
 * The family in the properties of the only rotating key of a stack, with references as `<LogicalId>` and
 * `<LogicalId.Attribute>`.
 */
export function familyOf(stack: Stack): FamilyDescription {
  return JSON.parse(textOf(onlyResource(stack, 'Custom::RotatingKey').Properties.Family)) as FamilyDescription;
}

/** The families of all rotating keys of a stack. */
export function familiesOf(stack: Stack): FamilyDescription[] {
  return Object.values(Template.fromStack(stack).findResources('Custom::RotatingKey'))
    .map(({ Properties }) => JSON.parse(textOf((Properties as { Family: unknown }).Family)) as FamilyDescription);
}

/** The declared key policy of that family. */
export function declaredPolicyOf(stack: Stack): Statement[] {
  return (JSON.parse(familyOf(stack).policyDocument) as { Statement: Statement[] }).Statement;
}

/** The text of a value of a template, with references in angle brackets. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::ImportValue': exported, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as {
    'Ref'?: string; 'Fn::ImportValue'?: string; 'Fn::GetAtt'?: string[]; 'Fn::Join'?: [string, unknown[]];
  };
  if (Ref !== undefined) return `<${Ref}>`;
  if (exported !== undefined) return `<${exported}>`;
  if (attribute !== undefined) return `<${attribute.join('.')}>`;
  if (join !== undefined) return join[1].map(textOf).join(join[0]);
  throw new Error(`no text: ${JSON.stringify(value)}`);
}

/** The statements of the policies of a role, inline and attached. */
export function statementsOf(stack: Stack, roleIdPattern: RegExp): Statement[] {
  const template = Template.fromStack(stack);
  const [roleId, ...others] = Object.keys(template.findResources('AWS::IAM::Role')).filter((id) => roleIdPattern.test(id));
  if (roleId === undefined || others.length > 0) throw new Error(`not one role like ${roleIdPattern}`);
  const role = template.findResources('AWS::IAM::Role')[roleId] as {
    Properties: { Policies?: { PolicyDocument: { Statement: Statement[] } }[] };
  };
  const attached = Object.values(template.findResources('AWS::IAM::Policy')) as {
    Properties: { Roles?: unknown[]; PolicyDocument: { Statement: Statement[] } };
  }[];
  return [
    ...(role.Properties.Policies ?? []).flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    ...attached.filter(({ Properties: { Roles } }) => isDeepStrictEqual(Roles, [{ Ref: roleId }]))
      .flatMap(({ Properties: { PolicyDocument } }) => PolicyDocument.Statement),
  ];
}

/** Actions and resources of a role, one line for each statement. */
export function rightsOf(stack: Stack, roleIdPattern: RegExp): string[] {
  return statementsOf(stack, roleIdPattern).map(({ Effect, Action, Resource, Condition }) =>
    [
      Effect,
      [Action].flat().join(' '),
      'on',
      [Resource].flat().map(textOf).join(' '),
      ...(Condition === undefined ? [] : ['if', JSON.stringify(Condition)]),
    ].join(' '),
  );
}
