import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { declaredResource, tableNamedBy, type TableConstruct } from './table-resource';
import { isElsewhere } from '../../validation/same-environment';

/** A table, as far as synthesis knows it. */
export interface TableIdentity {
  /** Its resource, if this app declares it. */
  readonly resource?: TableConstruct;
  /** The name, or functions of CloudFormation that return it. Undefined if CloudFormation chooses it. */
  readonly name: () => unknown;
  /** The stack whose template contains the functions. */
  readonly stack?: Stack;
  /** Undefined, or a token, if it is known only during deployment. */
  readonly region?: string;
  readonly account?: string;
}

/** What a construct of a table, a store and a release have in common. */
interface NamedTable {
  readonly tableArn: string;
  readonly tableName?: string;
}

const TABLE_ARN = /^arn:[^:]*:dynamodb:(?<region>[^:]*):(?<account>[^:]*):table\/(?<name>.+)$/;

/** Functions of CloudFormation whose value depends on the template that contains them. */
const OF_ONE_TEMPLATE = /"(Ref|Fn::GetAtt|Fn::Sub|Fn::FindInMap|Fn::If)":/;

/**
 * Identifies a table. Complete only at validation, because an Aspect can change the name of a resource.
 *
 * @param scope a construct of the stack that names the table; optional: without it, only literals and references to a
 * resource can be compared
 */
export function identityOf({ tableArn, tableName }: NamedTable, scope?: IConstruct): TableIdentity {
  const { name = tableArn, region, account } = TABLE_ARN.exec(tableArn)?.groups ?? {};
  const resource = tableNamedBy(tableArn) ?? tableNamedBy(name);
  if (resource !== undefined) {
    const stack = Stack.of(resource);
    const named = () => declaredResource(resource).properties.TableName;
    return { resource, name: named, stack, region: region ?? stack.region, account: account ?? stack.account };
  }
  const stack = scope && Stack.of(scope);
  const given = tableName ?? name;
  return { name: () => (stack === undefined ? given : stack.resolve(given)), stack, region, account };
}

/**
 * Whether two tables are the same: the same resource, or the same name in places that are not known to be different.
 * Two functions of CloudFormation are the same name if both templates give them the same value.
 */
export function isSameTable(one: TableIdentity, other: TableIdentity): boolean {
  if (one.resource !== undefined && other.resource !== undefined) return one.resource === other.resource;
  const [name, otherName] = [one.name(), other.name()];
  if (name === undefined || JSON.stringify(name) !== JSON.stringify(otherName)) return false;
  if (one.stack !== other.stack && OF_ONE_TEMPLATE.test(JSON.stringify(name))) return false;
  return !areElsewhere(one.region, other.region) && !areElsewhere(one.account, other.account);
}

function areElsewhere(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && isElsewhere(one, other);
}
