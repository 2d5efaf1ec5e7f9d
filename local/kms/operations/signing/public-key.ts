import { subjectPublicKeyInfo } from '../../crypto/public-key';
import type { KmsKey } from '../../model/keys/kms-key';
import { unsupported } from '../../protocol/errors';
import { algorithmsOf, factsOf } from '../../protocol/key-spec';
import { GRANT_TOKENS, KEY_ID } from '../../protocol/members';
import { optional, structure } from '../../protocol/shape';
import { operation } from '../call/operation';
import { ALGORITHMS_MEMBER } from '../keys/key-metadata';

export const getPublicKey = operation(structure({ KeyId: KEY_ID, GrantTokens: optional(GRANT_TOKENS) }), async (request, call) => {
  const key = call.keyByAnyName(request.KeyId);
  await call.admit('GetPublicKey', key);
  if (factsOf(key.keySpec).keyClass !== 'asymmetric') throw noPublicKey(key);
  return {
    KeyId: key.arn,
    PublicKey: publicKeyOf(key).toString('base64'),
    KeySpec: key.keySpec,
    CustomerMasterKeySpec: key.keySpec,
    KeyUsage: key.keyUsage,
    [ALGORITHMS_MEMBER[key.keyUsage]]: algorithmsOf(key.keySpec, key.keyUsage),
  };
});

/** The public key of a key. It is still available after the imported private key was deleted or has expired. */
function publicKeyOf(key: KmsKey): Buffer {
  const { current } = key.materials;
  if (current?.secret !== undefined) return subjectPublicKeyInfo({ keySpec: key.keySpec, secret: current.secret });
  if (current?.publicKey !== undefined) return current.publicKey.export({ type: 'spki', format: 'der' });
  throw noPublicKeyYet(key);
}

/** The error for a key without a key pair. AWS's message is unconfirmed. */
function noPublicKey({ arn, keySpec }: KmsKey): Error {
  return unsupported(`${arn} key spec is ${keySpec} which is not valid for GetPublicKey.`);
}

/**
 * The error for a key pair that was never imported. AWS's error is unconfirmed: the key state allows the call, but
 * there is no public key.
 */
function noPublicKeyYet({ arn }: KmsKey): Error {
  return unsupported(`${arn} has no public key until its key material is imported.`);
}
