import { randomUUID } from 'node:crypto';
import { generateMaterial } from '../../crypto/secrets/generate-material';
import type { KmsKey } from '../../model/keys/kms-key';
import { KeyMaterials } from '../../model/material/key-material';
import { scheduleFrom } from '../../model/material/rotation-schedule';
import { keyArn, readKeyReference, type Place } from '../../protocol/identifiers';
import type { Call } from '../call/call';

/** Services with an AWS managed key. AWS reserves `alias/aws/` for them. */
const SERVICES = [
  'acm', 'backup', 'codeartifact', 'codecommit', 'connect', 'dms', 'dynamodb', 'ebs', 'elasticfilesystem', 'es', 'fsx', 'glue',
  'kinesis', 'kinesisvideo', 'lambda', 'lightsail', 'rds', 'redshift', 's3', 'secretsmanager', 'ses', 'sns', 'sqs', 'ssm', 'workspaces',
  'xray',
];
const ROTATION_PERIOD_IN_DAYS = 365;

/**
 * Creates the AWS managed key of a service if a request names its alias, `alias/aws/<service>`, and the account has
 * none yet, as DescribeKey does in AWS.
 */
export async function createAwsManagedKey(call: Call, given: string): Promise<void> {
  const { now } = call;
  const store = call.setting.stores.at(call.store.place);
  const reference = given.includes('alias/aws/') ? readKeyReference(given, store.place) : undefined;
  if (reference?.kind !== 'alias' || reference.account !== store.place.account || store.aliases.has(reference.aliasName)) return;
  const { aliasName } = reference;
  const service = aliasName.slice('alias/aws/'.length);
  if (!SERVICES.includes(service)) return;
  const keyId = randomUUID();
  const key: KmsKey = {
    keyId,
    arn: keyArn(store.place, keyId),
    account: store.place.account,
    region: store.place.region,
    createdAt: now,
    origin: 'AWS_KMS',
    keySpec: 'SYMMETRIC_DEFAULT',
    keyUsage: 'ENCRYPT_DECRYPT',
    manager: 'AWS',
    materials: new KeyMaterials(),
    description: `Default key that protects my ${service} resources when no other key is defined`,
    policy: policyOf(service, store.place),
    tags: [],
    disabled: false,
    grants: new Map(),
  };
  key.materials.put({ ...await generateMaterial(keyId, key.keySpec), use: 'CURRENT' });
  key.materials.schedule = scheduleFrom(now, ROTATION_PERIOD_IN_DAYS);
  store.keys.set(keyId, key);
  store.expectEffectAt(key.materials.schedule.nextAt);
  store.aliases.set(aliasName, { aliasName, keyId, createdAt: now, updatedAt: now });
}

/** Principals of the account use the key through the service alone, and read its metadata directly. */
function policyOf(service: string, { partition, region, account }: Place): string {
  const through = { StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': `${service}.${region}.amazonaws.com` } };
  const use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:CreateGrant', 'kms:DescribeKey'];
  const root = { AWS: `arn:${partition}:iam::${account}:root` };
  return JSON.stringify({
    Version: '2012-10-17',
    Id: `auto-${service}-1`,
    Statement: [
      { Sid: 'AllowThroughTheService', Effect: 'Allow', Principal: { AWS: '*' }, Action: use, Resource: '*', Condition: through },
      { Sid: 'AllowMetadata', Effect: 'Allow', Principal: root, Action: METADATA, Resource: '*' },
    ],
  });
}

const METADATA = ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'];
