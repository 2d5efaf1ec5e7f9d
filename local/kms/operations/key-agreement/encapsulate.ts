import { decapsulateSecret, encapsulateSecret } from '../../crypto/encryption/ml-kem';
import { CIPHERTEXT_BLOB, DRY_RUN, GRANT_TOKENS, KEY_ID } from '../../protocol/members';
import { oneOf, optional, structure } from '../../protocol/shape';
import { endDryRun } from '../call/dry-run';
import { operation } from '../call/operation';
import { requireUse, secretOf, usableKey } from '../call/usable-key';

const ENCAPSULATION_ALGORITHM = oneOf('ML_KEM');

const ENCAPSULATE = structure({
  KeyId: KEY_ID,
  EncapsulationAlgorithm: ENCAPSULATION_ALGORITHM,
  GrantTokens: optional(GRANT_TOKENS),
  DryRun: optional(DRY_RUN),
});

export const encapsulate = operation(ENCAPSULATE, async (request, call) => {
  const { EncapsulationAlgorithm } = request;
  const key = await usableKey(call, 'Encapsulate', 'Encapsulate', call.keyByAnyName(request.KeyId));
  requireUse('Encapsulate', key, 'ENCAPSULATE_DECAPSULATE', EncapsulationAlgorithm);
  endDryRun(call);
  const { sharedSecret, encapsulated } = encapsulateSecret(secretOf(key));
  const SharedSecret = Buffer.from(sharedSecret).toString('base64');
  sharedSecret.fill(0);
  call.recordUse('Encapsulate', key);
  return { KeyId: key.arn, SharedSecret, SharedSecretCiphertextBlob: Buffer.from(encapsulated).toString('base64'), EncapsulationAlgorithm };
});

const DECAPSULATE = structure({
  KeyId: KEY_ID,
  SharedSecretCiphertextBlob: CIPHERTEXT_BLOB,
  EncapsulationAlgorithm: ENCAPSULATION_ALGORITHM,
  GrantTokens: optional(GRANT_TOKENS),
  DryRun: optional(DRY_RUN),
});

export const decapsulate = operation(DECAPSULATE, async (request, call) => {
  const { EncapsulationAlgorithm } = request;
  const key = await usableKey(call, 'Decapsulate', 'Decapsulate', call.keyByAnyName(request.KeyId));
  requireUse('Decapsulate', key, 'ENCAPSULATE_DECAPSULATE', EncapsulationAlgorithm);
  const sharedSecret = decapsulateSecret(secretOf(key), request.SharedSecretCiphertextBlob);
  try {
    endDryRun(call);
    call.recordUse('Decapsulate', key);
    return { KeyId: key.arn, SharedSecret: Buffer.from(sharedSecret).toString('base64'), EncapsulationAlgorithm };
  } finally {
    sharedSecret.fill(0);
  }
});
