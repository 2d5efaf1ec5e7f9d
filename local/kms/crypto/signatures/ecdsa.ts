import { createPublicKey, type KeyObject } from 'node:crypto';
import type { ECDSA } from '@noble/curves/abstract/weierstrass';
import { p256, p384, p521 } from '@noble/curves/nist';
import { secp256k1 } from '@noble/curves/secp256k1';
import { overDigest, type Hash, type SignatureScheme } from './signature-scheme';
import type { KeySpec } from '../../protocol/key-spec';

/** One curve: its arithmetic, and the length of a coordinate in bytes. */
interface Curve {
  readonly arithmetic: Pick<ECDSA, 'sign' | 'verify'>;
  readonly bytes: number;
}

const CURVES: { readonly [Spec in KeySpec]?: Curve } = {
  ECC_NIST_P256: { arithmetic: p256, bytes: 32 },
  ECC_NIST_P384: { arithmetic: p384, bytes: 48 },
  ECC_NIST_P521: { arithmetic: p521, bytes: 66 },
  ECC_SECG_P256K1: { arithmetic: secp256k1, bytes: 32 },
};

/**
 * The digest is signed without another hash. As in AWS, signatures with a high or a low `s` occur and verify; some
 * chains accept only low ones.
 */
const OPTIONS = { prehash: false, lowS: false } as const;

/**
 * ECDSA with signatures in DER. node:crypto signs only messages that it hashes itself, so that another library
 * does the arithmetic.
 */
export function ecdsa(hash: Hash): SignatureScheme {
  return overDigest(hash, {
    sign: ({ keySpec, secret }, digest) => {
      const scalar = privateScalar(secret);
      try {
        return curveOf(keySpec).arithmetic.sign(digest, scalar, { ...OPTIONS, extraEntropy: true }).toBytes('der');
      } finally {
        scalar.fill(0);
      }
    },
    verify: ({ keySpec, secret }, digest, signature) => {
      const { arithmetic, bytes } = curveOf(keySpec);
      try {
        return arithmetic.verify(signature, digest, publicPoint(secret, bytes), { ...OPTIONS, format: 'der' });
      } catch {
        return false;
      }
    },
  });
}

function curveOf(keySpec: KeySpec): Curve {
  const curve = CURVES[keySpec];
  if (curve === undefined) throw new Error(`${keySpec} has no ECDSA curve`);
  return curve;
}

/**
 * In the DER of RFC 5915 the private number is the first octet string: `SEQUENCE { INTEGER 1, OCTET STRING, ... }`.
 */
const BEFORE_SCALAR = Buffer.from('02010104', 'hex');

function privateScalar(privateKey: KeyObject): Uint8Array {
  const der = privateKey.export({ type: 'sec1', format: 'der' });
  const lengthAt = der.indexOf(BEFORE_SCALAR) + BEFORE_SCALAR.length;
  const scalar = Uint8Array.from(der.subarray(lengthAt + 1, lengthAt + 1 + der.readUInt8(lengthAt)));
  der.fill(0);
  return scalar;
}

/** The uncompressed point. It is the end of the DER of a public key. */
function publicPoint(privateKey: KeyObject, coordinateBytes: number): Uint8Array {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-(1 + 2 * coordinateBytes));
}
