import { Stack, Tokenization, type IResolvable } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { isRecord } from '../../contract/policies/readable-value';

/** The construct of a table's resource. */
export type TableConstruct = dynamodb.CfnTable | dynamodb.CfnGlobalTable;

/** The resource of a table, as the template declares it. */
export interface TableResource {
  readonly type: 'table' | 'global table';
  /** With the names of CloudFormation: `KeySchema`. */
  readonly properties: { readonly [name: string]: unknown };
}

/**
 * The resource of a table, with everything that changes it: its construct, overrides, Aspects, and assignments to the
 * resource. Complete only at validation, after the whole app is built. Undefined for a table that this app only refers
 * to.
 */
export function tableResourceOf(table: dynamodb.ITable): TableResource | undefined {
  const { defaultChild } = table.node;
  const resource = isTable(defaultChild) ? defaultChild : tableNamedBy(table.tableName) ?? tableNamedBy(table.tableArn);
  return resource && declaredResource(resource);
}

/** The same, of the construct of the resource. */
export function declaredResource(resource: TableConstruct): TableResource {
  const template: unknown = Stack.of(resource).resolve((resource as unknown as Synthesized)._toCloudFormation());
  const [declared] = isRecord(template) && isRecord(template.Resources) ? Object.values(template.Resources) : [];
  const properties = isRecord(declared) && isRecord(declared.Properties) ? declared.Properties : {};
  return { type: resource instanceof dynamodb.CfnTable ? 'table' : 'global table', properties };
}

/**
 * The resource of this app to which a name or an ARN refers, as in `Table.fromTableName(this, 'T', resource.ref)`. A
 * text with more than the reference, such as `${resource.ref}-archive`, names another table.
 */
export function tableNamedBy(text: string): TableConstruct | undefined {
  const { length, firstToken } = Tokenization.reverseString(text);
  const target = length === 1 ? (firstToken as IResolvable & { readonly target?: unknown } | undefined)?.target : undefined;
  return isTable(target) ? target : undefined;
}

/** The AWS CDK writes a resource with this method. It is the only place where overrides are applied. */
interface Synthesized {
  readonly _toCloudFormation: () => unknown;
}

function isTable(resource: unknown): resource is TableConstruct {
  return resource instanceof dynamodb.CfnTable || resource instanceof dynamodb.CfnGlobalTable;
}
