import { Duration } from 'aws-cdk-lib';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { tableResourceOf } from './table-resource';
import { isNoValue, isRecord } from '../../contract/policies/readable-value';
import { POINT_IN_TIME_RECOVERY_DAYS } from '../../contract/stores/store-limits';

/**
 * How far back a table can be restored by point-in-time recovery. Undefined without it, and for a table that this app
 * only refers to.
 *
 * A setting that is known only at deployment counts as the longest period: a shorter one would lose restored records.
 */
export function recoveryOf(table: dynamodb.ITable): Duration | undefined {
  const days = specificationsOf(table).map(daysOf);
  const longest = Math.max(0, ...days);
  return longest === 0 ? undefined : Duration.days(longest);
}

/** One for a table, one for each replica of a global table. */
function specificationsOf(table: dynamodb.ITable): unknown[] {
  const resource = tableResourceOf(table);
  if (resource === undefined) return [];
  const { PointInTimeRecoverySpecification: ofTable, Replicas: replicas = [] } = resource.properties;
  if (resource.type === 'table') return [ofTable];
  if (!Array.isArray(replicas)) return [replicas];
  return replicas.map((replica: unknown) => isRecord(replica) && !isFunction(replica) ? replica.PointInTimeRecoverySpecification : replica);
}

function daysOf(specification: unknown): number {
  if (specification === undefined || isNoValue(specification)) return 0;
  if (!isRecord(specification) || isFunction(specification)) return POINT_IN_TIME_RECOVERY_DAYS;
  const { PointInTimeRecoveryEnabled: enabled = false, RecoveryPeriodInDays: days } = specification;
  if (/^false$/i.test(String(enabled)) || isNoValue(enabled)) return 0;
  return /^[1-9]\d*$/.test(String(days)) ? Number(days) : POINT_IN_TIME_RECOVERY_DAYS;
}

/** A function of CloudFormation, such as `Fn::If`, instead of a value. */
function isFunction(value: { readonly [name: string]: unknown }): boolean {
  return Object.keys(value).some((name) => name === 'Ref' || name.startsWith('Fn::'));
}
