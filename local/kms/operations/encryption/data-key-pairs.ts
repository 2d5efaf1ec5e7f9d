import { createPublicKey } from 'node:crypto';
import { encryptUnder } from './encryption';
import { generateSecret } from '../../crypto/secrets/generate-material';
import { requireState } from '../../model/keys/states';
import { notSupported } from '../../protocol/errors';
import { DRY_RUN, ENCRYPTION_CONTEXT, GRANT_TOKENS, KEY_ID, RECIPIENT } from '../../protocol/members';
import { oneOf, optional, structure, type ValueOf } from '../../protocol/shape';
import type { Call } from '../call/call';
import { endDryRun } from '../call/dry-run';
import { operation } from '../call/operation';
import { requireUse, usableKey } from '../call/usable-key';

const WITHOUT_PLAINTEXT = {
  EncryptionContext: optional(ENCRYPTION_CONTEXT),
  KeyId: KEY_ID,
  KeyPairSpec: oneOf(
    'RSA_2048', 'RSA_3072', 'RSA_4096',
    'ECC_NIST_P256', 'ECC_NIST_P384', 'ECC_NIST_P521', 'ECC_SECG_P256K1', 'ECC_NIST_EDWARDS25519', 'SM2'),
  GrantTokens: optional(GRANT_TOKENS),
  DryRun: optional(DRY_RUN),
};
const GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT = structure(WITHOUT_PLAINTEXT);
const GENERATE_DATA_KEY_PAIR = structure({ ...WITHOUT_PLAINTEXT, Recipient: optional(RECIPIENT) });

export const generateDataKeyPair = operation(GENERATE_DATA_KEY_PAIR, async (request, call) => {
  if (request.Recipient !== undefined) throw notSupported('Recipient');
  const { privateKey, ...rest } = await newDataKeyPair('GenerateDataKeyPair', request, call);
  const PrivateKeyPlaintext = privateKey.toString('base64');
  privateKey.fill(0);
  return { ...rest, PrivateKeyPlaintext };
});

export const generateDataKeyPairWithoutPlaintext = operation(GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT, async (request, call) => {
  const { privateKey, ...rest } = await newDataKeyPair('GenerateDataKeyPairWithoutPlaintext', request, call);
  privateKey.fill(0);
  return rest;
});

async function newDataKeyPair(
  name: 'GenerateDataKeyPair' | 'GenerateDataKeyPairWithoutPlaintext',
  request: ValueOf<typeof GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT>,
  call: Call,
) {
  const { KeyPairSpec, EncryptionContext: context } = request;
  if (KeyPairSpec === 'SM2') throw notSupported('KeyPairSpec SM2');
  const key = await usableKey(call, name, name, call.keyByAnyName(request.KeyId), context);
  requireUse(name, key, 'ENCRYPT_DECRYPT', 'SYMMETRIC_DEFAULT');
  endDryRun(call);
  const pair = await generateSecret(KeyPairSpec);
  // The generation of an RSA pair takes time, in which another call may have disabled the key.
  requireState(name, key);
  const privateKey = pair.export({ type: 'pkcs8', format: 'der' });
  const sealed = encryptUnder(key, privateKey, { algorithm: 'SYMMETRIC_DEFAULT', context, isDataKey: true });
  call.recordUse(name, key);
  return {
    privateKey,
    PrivateKeyCiphertextBlob: sealed.blob.toString('base64'),
    PublicKey: createPublicKey(pair).export({ type: 'spki', format: 'der' }).toString('base64'),
    KeyId: key.arn,
    KeyPairSpec,
    KeyMaterialId: sealed.materialId,
  };
}
