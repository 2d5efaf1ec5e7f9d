import { dryRunWouldSucceed } from '../errors';
import { endDryRun, ignoresCiphertext, required } from './dry-run';
import { decryptBlob, encryptUnder, requireSymmetricAlgorithm, usableKey } from './usable-key';
import { operation } from '../operations/operation';
import {
  CIPHERTEXT_BLOB, DRY_RUN, DRY_RUN_MODIFIERS, ENCRYPTION_ALGORITHM, ENCRYPTION_CONTEXT, GRANT_TOKENS, KEY_ID,
} from '../shape/members';
import { optional, structure } from '../shape/shape';

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
 * Opens a blob under one key and seals it under another, or under the same one again; the plaintext never leaves.
 *
 * The destination context is not inherited: left out, the new blob has none.
 */
export const reEncrypt = operation(RE_ENCRYPT, async (request, call) => {
  const { SourceEncryptionContext: sourceContext, DestinationEncryptionContext: destinationContext } = request;
  const destinationKey = () =>
    usableKey(call, 'ReEncrypt', 'ReEncryptTo', call.keyByAnyName(request.DestinationKeyId), destinationContext);

  if (ignoresCiphertext(call, request.DryRunModifiers)) {
    await usableKey(call, 'ReEncrypt', 'ReEncryptFrom', call.keyByAnyName(required(request.SourceKeyId, 'sourceKeyId')), sourceContext);
    await destinationKey();
    throw dryRunWouldSucceed();
  }
  const ciphertext = required(request.CiphertextBlob, 'ciphertextBlob');
  requireSymmetricAlgorithm(request.SourceEncryptionAlgorithm);
  requireSymmetricAlgorithm(request.DestinationEncryptionAlgorithm);
  const source = await decryptBlob(call, 'ReEncrypt', 'ReEncryptFrom', ciphertext, request.SourceKeyId, sourceContext);
  try {
    const destination = await destinationKey();
    endDryRun(call);
    const sealed = encryptUnder(destination, source.plaintext, destinationContext);
    call.noteUse('ReEncrypt', source.key);
    call.noteUse('ReEncrypt', destination);
    return {
      CiphertextBlob: sealed.blob.toString('base64'),
      SourceKeyId: source.key.arn,
      KeyId: destination.arn,
      SourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      DestinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      SourceKeyMaterialId: source.materialId,
      DestinationKeyMaterialId: sealed.materialId,
    };
  } finally {
    source.plaintext.fill(0);
  }
});
