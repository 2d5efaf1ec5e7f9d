import type { DynamoTableStoreOptions } from './dynamo-table-options';
import { construct, instanceOf, listOf, mapOf, NUMBER, oneOf, TEXT, textSuchAs, withExample } from '../../validation/kinds';
import { objectOf, optional, type Shape } from '../../validation/shape';
import { ContextValue } from '../formats/context-value';
import { ForeignRecords } from '../formats/foreign-records';

const CONTEXT = mapOf(withExample(
  'ContextValue.literal(\'orders\')',
  instanceOf(ContextValue, 'use ContextValue.attribute(name) or ContextValue.literal(text)', '_description'),
));

const OPTIONS: Shape<DynamoTableStoreOptions> = {
  dataKeyAttribute: textSuchAs('\'dataKey\''),
  keyIdAttribute: optional(TEXT),
  encryptionContext: optional(CONTEXT),
  formerEncryptionContexts: optional(listOf(CONTEXT)),
  foreignRecords: optional(oneOf('ForeignRecords', ForeignRecords)),
  shards: optional(NUMBER),
  storeId: optional(TEXT),
};

/** The arguments of `DataKeyStore.dynamoTable` and their kinds. */
export const DYNAMO_TABLE_ARGUMENTS = {
  table: construct('a table (dynamodb.ITable)', 'pass a table, or dynamodb.Table.fromTableName', 'tableArn', 'tableName'),
  options: objectOf(OPTIONS),
};
