import { createPublicKey, diffieHellman, type KeyObject } from 'node:crypto';
import { invalidPeerPublicKey } from '../protocol/errors';

/** Derives the shared secret of a private key and the peer's public key: the raw coordinate. */
export function sharedSecretOf(privateKey: KeyObject, publicKey: KeyObject): Buffer {
  return diffieHellman({ privateKey, publicKey });
}

/** The peer's public key. It must be on the same curve as the private key. */
export function peerPublicKey(spki: Buffer, privateKey: KeyObject): KeyObject {
  let publicKey: KeyObject;
  try {
    publicKey = createPublicKey({ key: spki, type: 'spki', format: 'der' });
  } catch {
    throw invalidPeerPublicKey();
  }
  const curve = publicKey.asymmetricKeyDetails?.namedCurve;
  if (curve !== privateKey.asymmetricKeyDetails?.namedCurve) throw invalidPeerPublicKey();
  return publicKey;
}
