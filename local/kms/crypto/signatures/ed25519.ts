import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { ed25519ph } from '@noble/curves/ed25519';
import { SHA_512, type SignatureScheme } from './signature-scheme';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** Ed25519 of RFC 8032. It needs the whole message, and accepts no digest. */
export const ED25519: SignatureScheme = {
  messageLengths: { RAW: 'any' },
  sign: ({ secret }, { bytes }) => sign(null, bytes, secret),
  verify: ({ secret }, { bytes }, signature) => verify(null, bytes, createPublicKey(secret), signature),
};

/** Ed25519ph of RFC 8032. It hashes its input, so that the digest of a caller is hashed again: AWS does the same. */
export const ED25519_PH: SignatureScheme = {
  messageLengths: { DIGEST: SHA_512.bytes },
  sign: ({ secret }, { bytes }) => {
    const seed = lastBytes(secret.export({ type: 'pkcs8', format: 'der' }));
    try {
      return ed25519ph.sign(bytes, seed);
    } finally {
      seed.fill(0);
    }
  },
  verify: ({ secret }, { bytes }, signature) =>
    signature.length === SIGNATURE_BYTES && ed25519ph.verify(signature, bytes, publicBytes(secret), { zip215: false }),
};

function publicBytes(privateKey: KeyObject): Uint8Array {
  return lastBytes(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }));
}

/** Both private and public keys are at the end of their DER. */
function lastBytes(der: Buffer): Uint8Array {
  return der.subarray(-KEY_BYTES);
}
