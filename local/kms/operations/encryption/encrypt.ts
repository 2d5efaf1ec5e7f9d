import { decryptBlob, encryptUnder, requireEncryptable } from './encryption';
import { dryRunWouldSucceed, notSupported } from '../../protocol/errors';
import {
  CIPHERTEXT_BLOB, DRY_RUN, DRY_RUN_MODIFIERS, ENCRYPTION_ALGORITHM, ENCRYPTION_CONTEXT, GRANT_TOKENS, KEY_ID, RECIPIENT,
} from '../../protocol/members';
import { blob, optional, structure } from '../../protocol/shape';
import { endDryRun, ignoresCiphertext, required } from '../call/dry-run';
import { operation } from '../call/operation';
import { requireUse, usableKey } from '../call/usable-key';

const ENCRYPT = structure({
  KeyId: KEY_ID,
  Plaintext: blob({ min: 1, max: 4096 }),
  EncryptionContext: optional(ENCRYPTION_CONTEXT),
  GrantTokens: optional(GRANT_TOKENS),
  EncryptionAlgorithm: optional(ENCRYPTION_ALGORITHM),
  DryRun: optional(DRY_RUN),
});

export const encrypt = operation(ENCRYPT, async (request, call) => {
  const { Plaintext: plaintext, EncryptionContext: context, EncryptionAlgorithm: algorithm = 'SYMMETRIC_DEFAULT' } = request;
  const terms = { algorithm, context };
  try {
    const key = await usableKey(call, 'Encrypt', 'Encrypt', call.keyByAnyName(request.KeyId), context);
    requireEncryptable('Encrypt', key, plaintext, terms);
    endDryRun(call);
    const sealed = encryptUnder(key, plaintext, terms);
    call.recordUse('Encrypt', key);
    return { CiphertextBlob: sealed.blob.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: algorithm };
  } finally {
    plaintext.fill(0);
  }
});

const DECRYPT = structure({
  CiphertextBlob: optional(CIPHERTEXT_BLOB),
  EncryptionContext: optional(ENCRYPTION_CONTEXT),
  GrantTokens: optional(GRANT_TOKENS),
  KeyId: optional(KEY_ID),
  EncryptionAlgorithm: optional(ENCRYPTION_ALGORITHM),
  Recipient: optional(RECIPIENT),
  DryRun: optional(DRY_RUN),
  DryRunModifiers: optional(DRY_RUN_MODIFIERS),
});

export const decrypt = operation(DECRYPT, async (request, call) => {
  const { EncryptionContext: context, KeyId: keyName, EncryptionAlgorithm: algorithm = 'SYMMETRIC_DEFAULT' } = request;
  if (request.Recipient !== undefined) throw notSupported('Recipient');
  if (ignoresCiphertext(call, request.DryRunModifiers)) {
    const key = await usableKey(call, 'Decrypt', 'Decrypt', call.keyByAnyName(required(keyName, 'keyId')), context);
    requireUse('Decrypt', key, 'ENCRYPT_DECRYPT', algorithm);
    throw dryRunWouldSucceed();
  }
  const ciphertext = required(request.CiphertextBlob, 'ciphertextBlob');
  const { key, materialId, plaintext } = await decryptBlob(
    call, { operation: 'Decrypt', action: 'Decrypt', blob: ciphertext, keyName, keyMember: 'keyId', algorithm, context });
  try {
    endDryRun(call);
    call.recordUse('Decrypt', key);
    return { KeyId: key.arn, Plaintext: plaintext.toString('base64'), EncryptionAlgorithm: algorithm, KeyMaterialId: materialId };
  } finally {
    plaintext.fill(0);
  }
});
