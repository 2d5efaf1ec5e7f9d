import { randomBytes, randomUUID } from 'node:crypto';
import { keyMetadata } from './key-metadata';
import { checkNewPolicy } from './named-principals';
import { POLICY } from './policies';
import { requireNoLockout } from './policy-lockout';
import { checkNewTags, TAG } from './tags';
import { looksLikeUuid } from '../../crypto/encryption/symmetric-ciphertext';
import { generateMaterial } from '../../crypto/secrets/generate-material';
import { defaultPolicy } from '../../model/keys/default-policy';
import type { KeyOrigin, KmsKey } from '../../model/keys/kms-key';
import { KeyMaterials } from '../../model/material/key-material';
import { notSupported, unsupported, validation } from '../../protocol/errors';
import { keyArn } from '../../protocol/identifiers';
import { algorithmsOf, factsOf, KEY_SPECS, KEY_USAGES, type KeySpec, type KeyUsage } from '../../protocol/key-spec';
import { flag, list, oneOf, optional, structure, text, type ValueOf } from '../../protocol/shape';
import { operation } from '../call/operation';

const KEY_SPEC = oneOf(...KEY_SPECS, 'SM2');

const CREATE_KEY = structure({
  Policy: optional(POLICY),
  Description: optional(text({ max: 8192 })),
  KeyUsage: optional(oneOf(...KEY_USAGES)),
  CustomerMasterKeySpec: optional(KEY_SPEC),
  KeySpec: optional(KEY_SPEC),
  Origin: optional(oneOf('AWS_KMS', 'EXTERNAL', 'AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE')),
  CustomKeyStoreId: optional(text({ min: 1, max: 64 })),
  BypassPolicyLockoutSafetyCheck: optional(flag),
  Tags: optional(list(TAG)),
  MultiRegion: optional(flag),
  XksKeyId: optional(text({ min: 1, max: 128, pattern: /^[a-zA-Z0-9-_.]+$/ })),
});
type CreateKeyRequest = ValueOf<typeof CREATE_KEY>;

/** Creates a key. As in AWS it is not idempotent: a repeated call creates another key. */
export const createKey = operation(CREATE_KEY, async (request, call) => {
  const { keySpec, keyUsage } = kindOfKey(request);
  const origin = originOf(request, keySpec);
  if (request.Policy !== undefined) checkNewPolicy(request.Policy, call);
  checkNewTags(request.Tags ?? [], []);
  await call.authorize('CreateKey');
  if (request.Tags !== undefined && request.Tags.length > 0) await call.authorize('TagResource');

  const { place } = call.store;
  const keyId = request.MultiRegion === true ? multiRegionKeyId() : randomUUID();
  const key: KmsKey = {
    keyId,
    arn: keyArn(place, keyId),
    account: place.account,
    region: place.region,
    createdAt: call.now,
    origin,
    keySpec,
    keyUsage,
    materials: new KeyMaterials(),
    ...(request.MultiRegion === true && { multiRegion: { primaryRegion: place.region, replicaRegions: [] } }),
    description: request.Description ?? '',
    policy: request.Policy ?? defaultPolicy(place),
    tags: request.Tags ?? [],
    disabled: false,
    grants: new Map(),
  };
  if (request.Policy !== undefined) await requireNoLockout(call, key, request.Policy, request.BypassPolicyLockoutSafetyCheck);
  if (origin === 'AWS_KMS') key.materials.put({ ...await generateMaterial(keyId, keySpec), use: 'CURRENT' });
  call.store.keys.set(keyId, key);
  call.keyArns.push(key.arn);
  return { KeyMetadata: keyMetadata(key) };
});

/** Never in the form of a UUID, so that a ciphertext need not state the kind of its key. */
function multiRegionKeyId(): string {
  let digits = randomBytes(16).toString('hex');
  while (looksLikeUuid(digits)) digits = randomBytes(16).toString('hex');
  return `mrk-${digits}`;
}

function kindOfKey(
  { KeySpec: given, CustomerMasterKeySpec: deprecated, KeyUsage: usage }: CreateKeyRequest,
): { keySpec: KeySpec; keyUsage: KeyUsage } {
  if (given !== undefined && deprecated !== undefined) {
    throw validation('You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.');
  }
  const keySpec = given ?? deprecated ?? 'SYMMETRIC_DEFAULT';
  const keyUsage = usage ?? (keySpec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : undefined);
  if (keyUsage === undefined) throw validation('You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.');
  if (keySpec === 'SM2') throw notSupported('KeySpec SM2');
  if (algorithmsOf(keySpec, keyUsage).length === 0) throw validation(`KeyUsage ${keyUsage} is not compatible with KeySpec ${keySpec}`);
  return { keySpec, keyUsage };
}

function originOf(
  { Origin: origin = 'AWS_KMS', CustomKeyStoreId: store, XksKeyId: externalKey }: CreateKeyRequest, keySpec: KeySpec,
): KeyOrigin {
  if (origin !== 'AWS_KMS' && origin !== 'EXTERNAL') throw notSupported(`Origin ${origin}`);
  if (store !== undefined || externalKey !== undefined) throw notSupported('A custom key store');
  if (origin === 'EXTERNAL' && !factsOf(keySpec).importable) throw unsupported(`KeySpec ${keySpec} is not supported for Origin EXTERNAL`);
  return origin;
}
