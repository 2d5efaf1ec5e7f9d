import { decryptBlob, encryptUnder, requireEncryptable, type EncryptionTerms } from './encryption';
import { dryRunWouldSucceed } from '../../protocol/errors';
import {
  CIPHERTEXT_BLOB, DRY_RUN, DRY_RUN_MODIFIERS, ENCRYPTION_ALGORITHM, ENCRYPTION_CONTEXT, GRANT_TOKENS, KEY_ID,
} from '../../protocol/members';
import { optional, structure } from '../../protocol/shape';
import { endDryRun, ignoresCiphertext, required } from '../call/dry-run';
import { operation } from '../call/operation';
import { requireUse, usableKey } from '../call/usable-key';

const RE_ENCRYPT = structure({
  CiphertextBlob: optional(CIPHERTEXT_BLOB),
  SourceEncryptionContext: optional(ENCRYPTION_CONTEXT),
  SourceKeyId: optional(KEY_ID),
  DestinationKeyId: KEY_ID,
  DestinationEncryptionContext: optional(ENCRYPTION_CONTEXT),
  SourceEncryptionAlgorithm: optional(ENCRYPTION_ALGORITHM),
  DestinationEncryptionAlgorithm: optional(ENCRYPTION_ALGORITHM),
  GrantTokens: optional(GRANT_TOKENS),
  DryRun: optional(DRY_RUN),
  DryRunModifiers: optional(DRY_RUN_MODIFIERS),
});

/**
 * Decrypts a blob under one key and encrypts it under another, or under the same one again. The plaintext
 * never leaves KMS.
 *
 * The destination context is not inherited: if it is omitted, the new blob has none. Symmetric and RSA keys
 * may be combined.
 */
export const reEncrypt = operation(RE_ENCRYPT, async (request, call) => {
  const from: EncryptionTerms = {
    algorithm: request.SourceEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT', context: request.SourceEncryptionContext,
  };
  const to: EncryptionTerms = {
    algorithm: request.DestinationEncryptionAlgorithm ?? 'SYMMETRIC_DEFAULT', context: request.DestinationEncryptionContext,
  };
  const { SourceKeyId: keyName } = request;
  const destinationKey = () => usableKey(call, 'ReEncrypt', 'ReEncryptTo', call.keyByAnyName(request.DestinationKeyId), to.context);

  if (ignoresCiphertext(call, request.DryRunModifiers)) {
    const source = await usableKey(call, 'ReEncrypt', 'ReEncryptFrom', call.keyByAnyName(required(keyName, 'sourceKeyId')), from.context);
    requireUse('ReEncrypt', source, 'ENCRYPT_DECRYPT', from.algorithm);
    requireUse('ReEncrypt', await destinationKey(), 'ENCRYPT_DECRYPT', to.algorithm);
    throw dryRunWouldSucceed();
  }
  const blob = required(request.CiphertextBlob, 'ciphertextBlob');
  const source = await decryptBlob(
    call, { operation: 'ReEncrypt', action: 'ReEncryptFrom', blob, keyName, keyMember: 'sourceKeyId', ...from });
  try {
    const destination = await destinationKey();
    requireEncryptable('ReEncrypt', destination, source.plaintext, to);
    endDryRun(call);
    const sealed = encryptUnder(destination, source.plaintext, to);
    call.recordUse('ReEncrypt', source.key);
    call.recordUse('ReEncrypt', destination);
    return {
      CiphertextBlob: sealed.blob.toString('base64'),
      SourceKeyId: source.key.arn,
      KeyId: destination.arn,
      SourceEncryptionAlgorithm: from.algorithm,
      DestinationEncryptionAlgorithm: to.algorithm,
      SourceKeyMaterialId: source.materialId,
      DestinationKeyMaterialId: sealed.materialId,
    };
  } finally {
    source.plaintext.fill(0);
  }
});
