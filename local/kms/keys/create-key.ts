import { randomUUID } from 'node:crypto';
import { notBuilt, validation } from '../errors';
import { keyArn } from './identifiers';
import { keyMetadata } from './key-metadata';
import type { KmsKey } from './kms-key';
import { checkPolicy, defaultPolicy, POLICY } from './policies';
import { checkNewTags, TAG } from './tags';
import { generateMaterial, KeyMaterials } from '../material/key-material';
import { operation } from '../operations/operation';
import { flag, list, oneOf, optional, structure, text } from '../shape/shape';

const KEY_SPECS = oneOf(
  'SYMMETRIC_DEFAULT', 'RSA_2048', 'RSA_3072', 'RSA_4096', 'ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521', 'ECC_SECG_P256K1',
  'ECC_NIST_EDWARDS25519', 'HMAC_224', 'HMAC_256', 'HMAC_384', 'HMAC_512', 'ML_DSA_44', 'ML_DSA_65', 'ML_DSA_87',
  'ML_KEM_512', 'ML_KEM_768', 'ML_KEM_1024', 'SM2',
);

const CREATE_KEY = structure({
  Policy: optional(POLICY),
  Description: optional(text({ max: 8192 })),
  KeyUsage: optional(oneOf('ENCRYPT_DECRYPT', 'SIGN_VERIFY', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT', 'ENCAPSULATE_DECAPSULATE')),
  CustomerMasterKeySpec: optional(KEY_SPECS),
  KeySpec: optional(KEY_SPECS),
  Origin: optional(oneOf('AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE')),
  CustomKeyStoreId: optional(text({ min: 1, max: 64 })),
  BypassPolicyLockoutSafetyCheck: optional(flag),
  Tags: optional(list(TAG)),
  MultiRegion: optional(flag),
  XksKeyId: optional(text({ min: 1, max: 128 })),
});

/** Not idempotent, as in AWS: a repeated call makes another key. */
export const createKey = operation(CREATE_KEY, (request, call) => {
  requireSymmetricKey(request.KeySpec, request.CustomerMasterKeySpec, request.KeyUsage);
  const { Origin: origin = 'AWS_KMS' } = request;
  if (origin !== 'AWS_KMS' && origin !== 'EXTERNAL') throw notBuilt(`Origin ${origin}`);
  if (request.MultiRegion === true) throw notBuilt('A multi-Region key');
  if (request.CustomKeyStoreId !== undefined || request.XksKeyId !== undefined) throw notBuilt('A custom key store');
  if (request.Policy !== undefined) checkPolicy(request.Policy);
  checkNewTags(request.Tags ?? [], []);
  call.authorize('CreateKey');

  const keyId = randomUUID();
  const materials = new KeyMaterials();
  if (origin === 'AWS_KMS') materials.put({ ...generateMaterial(keyId), use: 'CURRENT' });
  const key: KmsKey = {
    keyId,
    arn: keyArn(call.store.place, keyId),
    account: call.store.place.account,
    createdAt: call.now,
    origin,
    materials,
    description: request.Description ?? '',
    policy: request.Policy ?? defaultPolicy(call.store.place),
    tags: request.Tags ?? [],
    disabled: false,
    onDemandRotations: 0,
  };
  call.store.keys.set(keyId, key);
  call.keyArns.push(key.arn);
  return { KeyMetadata: keyMetadata(key) };
});

function requireSymmetricKey(keySpec: string | undefined, formerKeySpec: string | undefined, keyUsage: string | undefined): void {
  if (keySpec !== undefined && formerKeySpec !== undefined) {
    throw validation('You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.');
  }
  const spec = keySpec ?? formerKeySpec ?? 'SYMMETRIC_DEFAULT';
  if (spec === 'SYMMETRIC_DEFAULT') {
    if (keyUsage !== undefined && keyUsage !== 'ENCRYPT_DECRYPT') throw validation(`KeyUsage ${keyUsage} is not compatible with KeySpec ${spec}`);
    return;
  }
  if (keyUsage === undefined) throw validation('You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.');
  throw notBuilt(`KeySpec ${spec}`);
}
