import { peerPublicKey, sharedSecretOf } from '../../crypto/key-agreement';
import { notSupported } from '../../protocol/errors';
import { DRY_RUN, GRANT_TOKENS, KEY_ID, RECIPIENT } from '../../protocol/members';
import { blob, oneOf, optional, structure } from '../../protocol/shape';
import { endDryRun } from '../call/dry-run';
import { operation } from '../call/operation';
import { requireUse, secretOf, usableKey } from '../call/usable-key';

const DERIVE_SHARED_SECRET = structure({
  KeyId: KEY_ID,
  KeyAgreementAlgorithm: oneOf('ECDH'),
  PublicKey: blob({ min: 1, max: 8192 }),
  GrantTokens: optional(GRANT_TOKENS),
  DryRun: optional(DRY_RUN),
  Recipient: optional(RECIPIENT),
});

/**
 * Derives the shared secret of this private key and the peer's public key: the raw coordinate, from which callers
 * derive keys.
 */
export const deriveSharedSecret = operation(DERIVE_SHARED_SECRET, async (request, call) => {
  const { KeyAgreementAlgorithm } = request;
  if (request.Recipient !== undefined) throw notSupported('Recipient');
  const key = await usableKey(call, 'DeriveSharedSecret', 'DeriveSharedSecret', call.keyByAnyName(request.KeyId));
  requireUse('DeriveSharedSecret', key, 'KEY_AGREEMENT', KeyAgreementAlgorithm);
  const { secret: privateKey } = secretOf(key);
  const publicKey = peerPublicKey(request.PublicKey, privateKey);
  endDryRun(call);
  const sharedSecret = sharedSecretOf(privateKey, publicKey);
  const SharedSecret = sharedSecret.toString('base64');
  sharedSecret.fill(0);
  call.recordUse('DeriveSharedSecret', key);
  return { KeyId: key.arn, SharedSecret, KeyAgreementAlgorithm, KeyOrigin: key.origin };
});
