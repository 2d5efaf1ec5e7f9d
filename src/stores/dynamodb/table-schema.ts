import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { tableResourceOf } from './table-resource';
import { isRecord, readableValue } from '../../contract/policies/readable-value';
import { describeProblem, type Problem } from '../../contract/problem';
import { attributesIn, contextsOf, writtenAttributes } from '../../contract/stores/store-attributes';
import type { DynamoTableDescription } from '../../contract/stores/store-description';

/** The parts of a table that the app declares. Empty for a table that it only refers to. */
interface TableSchema {
  /** The attributes of the primary key. */
  readonly keys: readonly string[];
  /** The type of each attribute of a key or index: `S`, `N` or `B`. */
  readonly types: ReadonlyMap<string, string>;
}

/**
 * Attributes of a store that contradict the declared schema of its table.
 *
 * DynamoDB refuses to update an attribute of the primary key, so no record could be re-encrypted.
 */
export function schemaProblems(table: dynamodb.ITable, description: DynamoTableDescription): string[] {
  const { keys, types } = schemaOf(table);
  const { storeId, dataKeyAttribute, keyIdAttribute } = description;
  const problems: Problem[] = writtenAttributes(description).filter(([, name]) => keys.includes(name)).map(([property, given]) => ({
    where: `store ${storeId}, ${property}`,
    what: 'attribute is part of the primary key of the table, which cannot be updated',
    given,
    allowed: `an attribute that is not ${keys.join(' or ')}`,
    remedy: 'store it in an attribute of its own',
  }));
  const ofType = (property: string, name: string, refused: string, allowed: string, remedy: string): Problem[] =>
    types.get(name) !== refused ? [] : [{
      where: `store ${storeId}, ${property}`,
      what: 'attribute has another type in the table',
      given: `${name} of type ${refused}`,
      allowed,
      remedy,
    }];
  return [
    ...problems,
    ...ofType('dataKeyAttribute', dataKeyAttribute, 'N', 'binary, or text in base64', 'name the attribute with the CiphertextBlob'),
    ...ofType('keyIdAttribute', keyIdAttribute ?? '', 'N', 'text', 'name the attribute with the KeyId'),
    ...ofType('keyIdAttribute', keyIdAttribute ?? '', 'B', 'text', 'name the attribute with the KeyId'),
    ...contextsOf(description).flatMap(([property, context]) => attributesIn(context).flatMap((name) => ofType(
      property, name, 'B', 'text or a number', 'name an attribute that the application passes to KMS as text',
    ))),
  ].map(describeProblem);
}

function schemaOf(table: dynamodb.ITable): TableSchema {
  const { KeySchema: keys, AttributeDefinitions: attributes } = tableResourceOf(table)?.properties ?? {};
  const recordsOf = (list: unknown) => (Array.isArray(list) ? list.filter(isRecord) : []);
  return {
    keys: recordsOf(keys).map(({ AttributeName }) => readableValue(AttributeName)),
    types: new Map(recordsOf(attributes).map(({ AttributeName, AttributeType }) =>
      [readableValue(AttributeName), readableValue(AttributeType)])),
  };
}
