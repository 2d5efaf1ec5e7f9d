import type { RotatingKeyProps } from './rotating-key-props';
import { Deletion } from './values/deletion';
import { ExistingKey } from './values/existing-key';
import type { ReleasedStore } from './values/released-store';
import { RotationSchedule } from './values/rotation-schedule';
import { KeyMaterialSource } from '../material/key-material-source';
import { DataKeyStore } from '../stores/data-key-store';
import { OnConsumerFailure } from './values/on-consumer-failure';
import { FUNCTION_SHAPE } from '../custom-resource/deployment-function-shape';
import { ALIAS, construct, DURATION, FLAG, instanceOf, listOf, NUMBER, oneOf, GRANTEE, SIZE, TEXT, textSuchAs } from '../validation/kinds';
import { objectOf, optional, type Shape } from '../validation/shape';

/** The properties of a rotating key and their kinds. */
export const ROTATING_KEY_SHAPE: Shape<RotatingKeyProps> = {
  alias: ALIAS,
  users: optional(listOf(GRANTEE)),
  administrators: optional(listOf(GRANTEE)),
  stores: optional(listOf(instanceOf(DataKeyStore, 'use DataKeyStore.dynamoTable(table, { dataKeyAttribute: \'...\' })', '_bind'))),
  releasedStores: optional(listOf(objectOf<ReleasedStore>({
    tableArn: textSuchAs('table.tableArn'), dataKeyAttribute: textSuchAs('\'dataKey\''),
  }))),
  material: optional(instanceOf(KeyMaterialSource, 'use KeyMaterialSource.secret(secret)', '_bind')),
  schedule: optional(instanceOf(
    RotationSchedule, 'use RotationSchedule.every(Duration.days(365)) or RotationSchedule.onRequest()', '_problems',
  )),
  reconcileHour: optional(NUMBER),
  dataKeyMaxAge: optional(DURATION),
  propagationDelay: optional(DURATION),
  firstRotationWatchPeriod: optional(DURATION),
  onConsumerFailure: optional(oneOf('OnConsumerFailure', OnConsumerFailure)),
  deletion: optional(instanceOf(Deletion, 'use Deletion.afterProof()', '_problems')),
  paused: optional(FLAG),
  startFrom: optional(instanceOf(ExistingKey, 'use ExistingKey.fromArn(keyArn)', '_problems')),
  adoptFrom: optional(TEXT),
  description: optional(TEXT),
  maxPasses: optional(NUMBER),
  maxConcurrency: optional(NUMBER),
  breakGlassRole: optional(construct('a role (iam.IRole)', 'pass a role, or iam.Role.fromRoleName', 'roleArn', 'grantPrincipal')),
  evidenceBucket: optional(construct('a bucket (s3.IBucket)', 'pass a bucket, or s3.Bucket.fromBucketName', 'bucketArn')),
  logGroup: optional(construct('a log group (logs.ILogGroup)', 'pass a log group, or logs.LogGroup.fromLogGroupName', 'logGroupArn')),
  ...FUNCTION_SHAPE,
  workerMemorySize: optional(SIZE),
};
