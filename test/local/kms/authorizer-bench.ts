import type { AuthorizationRequest } from '../../../local/kms/authorization/authorizer';
import { loadEvaluator } from '../../../local/kms/authorization/evaluator';
import { fixedIdentityPolicies, type Policies } from '../../../local/kms/authorization/policies';
import { PolicyAuthorizer } from '../../../local/kms/authorization/policy-authorizer';
import { KeyStore } from '../../../local/kms/model/keys/key-store';
import type { KmsKey } from '../../../local/kms/model/keys/kms-key';
import { KeyMaterials } from '../../../local/kms/model/material/key-material';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';
export const NOW = Date.parse('2026-01-01T00:00:00Z');
export const WORKER = `arn:aws:iam::${ACCOUNT}:role/worker`;
export const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
export const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${KEY_ID}`;

export const policyOf = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

export function aKmsKey(changes: Partial<KmsKey> = {}): KmsKey {
  return {
    keyId: KEY_ID,
    arn: KEY_ARN,
    account: ACCOUNT,
    region: REGION,
    createdAt: NOW,
    origin: 'AWS_KMS',
    keySpec: 'SYMMETRIC_DEFAULT',
    keyUsage: 'ENCRYPT_DECRYPT',
    materials: new KeyMaterials(),
    description: '',
    policy: JSON.stringify(policyOf({ Effect: 'Allow', Principal: { AWS: WORKER }, Action: 'kms:*', Resource: '*' })),
    tags: [],
    disabled: false,
    grants: new Map(),
    ...changes,
  };
}

/** A request of the worker to encrypt, with the changes of the test. */
export function aRequest(changes: Partial<AuthorizationRequest> & { readonly principalArn?: string } = {}): AuthorizationRequest {
  const { principalArn = WORKER, ...rest } = changes;
  const account = principalArn.split(':')[4]!;
  return {
    caller: { accessKey: 'any', account, region: REGION, partition: 'aws', principalArn },
    action: 'kms:Encrypt',
    key: aKmsKey(),
    request: {},
    store: new KeyStore({ partition: 'aws', region: REGION, account: ACCOUNT }),
    now: NOW,
    ...rest,
  };
}

export function anAuthorizer(identityPolicies: Policies['identityPolicies'] = {}): PolicyAuthorizer {
  return new PolicyAuthorizer(loadEvaluator(), fixedIdentityPolicies({ identityPolicies }));
}

/** Whether a key policy that allows everything under these conditions allows the worker's request. */
export async function holds(
  condition: object,
  changes: Partial<AuthorizationRequest> & { readonly principalArn?: string } = {},
): Promise<boolean> {
  const request = aRequest(changes);
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: request.caller.principalArn },
    Action: 'kms:*',
    Resource: '*',
    Condition: condition,
  };
  const key = { ...(request.key ?? aKmsKey()), policy: JSON.stringify(policyOf(statement)) };
  return (await anAuthorizer().decide({ ...request, key })) === undefined;
}
