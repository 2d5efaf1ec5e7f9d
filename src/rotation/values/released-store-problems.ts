import { Token } from 'aws-cdk-lib';
import type { ReleasedStore } from './released-store';
import { describeProblem } from '../../contract/problem';
import type { StorePlace } from '../../contract/stores/store-place';
import { identityOf, isSameTable } from '../../stores/dynamodb/table-identity';

/** The ARN of one table. A release names what becomes unreadable, so it has no wildcard. */
const TABLE_ARN = /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[\w.-]+$/;

/** Reports releases that name no store, or a store that is declared. Empty if all are usable. */
export function releasedStoreProblems(released: readonly ReleasedStore[], declared: readonly StorePlace[]): string[] {
  return released.flatMap(({ tableArn, dataKeyAttribute }, index) => {
    const where = `releasedStores[${index}]`;
    return [
      ...(Token.isUnresolved(tableArn) || TABLE_ARN.test(tableArn) ? [] : [describeProblem({
        where,
        what: 'tableArn is not the ARN of a DynamoDB table',
        given: tableArn,
        allowed: 'arn:<partition>:dynamodb:<region>:<account>:table/<name>, without wildcards',
        remedy: 'copy it from the error of the retirement, or use tableArn of the table',
      })]),
      ...(dataKeyAttribute === '' ? [describeProblem({
        where, what: 'name of an attribute is empty', given: '""', remedy: 'use the name that was declared as dataKeyAttribute',
      })] : []),
      ...(declared.some((store) => store.dataKeyAttribute === dataKeyAttribute && isAt(store, tableArn)) ? [describeProblem({
        where,
        what: 'store is declared and released',
        given: dataKeyAttribute,
        remedy: 'delete the release if its records are needed, or the declaration of the store if they are not',
      })] : []),
    ];
  });
}

/** The ARN of a release is a literal, as an error prints it, and that of a declared table is a reference. */
function isAt(store: StorePlace, tableArn: string): boolean {
  return store.tableArn === tableArn || isSameTable(identityOf(store), identityOf({ tableArn }));
}
