import { dryRunWouldSucceed, notBuilt } from '../errors';
import { endDryRun, ignoresCiphertext, required } from './dry-run';
import { decryptBlob, encryptUnder, requireSymmetricAlgorithm, usableKey } from './usable-key';
import { operation } from '../operations/operation';
import {
  CIPHERTEXT_BLOB, DRY_RUN, DRY_RUN_MODIFIERS, ENCRYPTION_ALGORITHM, ENCRYPTION_CONTEXT, GRANT_TOKENS, KEY_ID, RECIPIENT,
} from '../shape/members';
import { blob, optional, structure } from '../shape/shape';

const ENCRYPT = structure({
  KeyId: KEY_ID,
  Plaintext: blob({ min: 1, max: 4096 }),
  EncryptionContext: optional(ENCRYPTION_CONTEXT),
  GrantTokens: optional(GRANT_TOKENS),
  EncryptionAlgorithm: optional(ENCRYPTION_ALGORITHM),
  DryRun: optional(DRY_RUN),
});

export const encrypt = operation(ENCRYPT, async (request, call) => {
  const { Plaintext: plaintext, EncryptionContext: context } = request;
  try {
    const key = await usableKey(call, 'Encrypt', 'Encrypt', call.keyByAnyName(request.KeyId), context);
    requireSymmetricAlgorithm(request.EncryptionAlgorithm);
    endDryRun(call);
    const sealed = encryptUnder(key, plaintext, context);
    call.noteUse('Encrypt', key);
    return { CiphertextBlob: sealed.blob.toString('base64'), KeyId: key.arn, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' };
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
  const { EncryptionContext: context, KeyId: keyName } = request;
  if (request.Recipient !== undefined) throw notBuilt('Recipient');
  if (ignoresCiphertext(call, request.DryRunModifiers)) {
    await usableKey(call, 'Decrypt', 'Decrypt', call.keyByAnyName(required(keyName, 'keyId')), context);
    throw dryRunWouldSucceed();
  }
  const ciphertext = required(request.CiphertextBlob, 'ciphertextBlob');
  requireSymmetricAlgorithm(request.EncryptionAlgorithm);
  const { key, materialId, plaintext } = await decryptBlob(call, 'Decrypt', 'Decrypt', ciphertext, keyName, context);
  try {
    endDryRun(call);
    call.noteUse('Decrypt', key);
    return { KeyId: key.arn, Plaintext: plaintext.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT', KeyMaterialId: materialId };
  } finally {
    plaintext.fill(0);
  }
});
