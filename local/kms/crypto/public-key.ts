import { createPublicKey } from 'node:crypto';
import { mlKemPublicKey } from './encryption/ml-kem';
import type { SpecifiedSecret } from './secrets/specified-secret';
import { mlDsaPublicKey } from './signatures/ml-dsa';
import type { KeySpec } from '../protocol/key-spec';

/**
 * The end of an algorithm's object identifier, after 2.16.840.1.101.3.4, and the function that derives its public key.
 */
interface PostQuantumKey {
  readonly arcs: readonly number[];
  readonly publicKey: (key: SpecifiedSecret) => Uint8Array;
}
const POST_QUANTUM: { readonly [Spec in KeySpec]?: PostQuantumKey } = {
  ML_DSA_44: { arcs: [3, 17], publicKey: mlDsaPublicKey },
  ML_DSA_65: { arcs: [3, 18], publicKey: mlDsaPublicKey },
  ML_DSA_87: { arcs: [3, 19], publicKey: mlDsaPublicKey },
  ML_KEM_512: { arcs: [4, 1], publicKey: mlKemPublicKey },
  ML_KEM_768: { arcs: [4, 2], publicKey: mlKemPublicKey },
  ML_KEM_1024: { arcs: [4, 3], publicKey: mlKemPublicKey },
};
/** 2.16.840.1.101.3.4 */
const NIST_ALGORITHMS = Buffer.from('60864801650304', 'hex');
const [SEQUENCE, BIT_STRING, OBJECT_IDENTIFIER] = [0x30, 0x03, 0x06];

/**
 * The public key in DER, in the form of X.509. node:crypto does not support post-quantum keys, whose DER is built here.
 */
export function subjectPublicKeyInfo(key: SpecifiedSecret): Buffer {
  const postQuantum = POST_QUANTUM[key.keySpec];
  if (postQuantum === undefined) return createPublicKey(key.secret).export({ type: 'spki', format: 'der' });
  const algorithm = der(SEQUENCE, der(OBJECT_IDENTIFIER, NIST_ALGORITHMS, Buffer.from(postQuantum.arcs)));
  // A bit string begins with the number of unused bits in its last byte.
  return der(SEQUENCE, algorithm, der(BIT_STRING, Buffer.of(0), postQuantum.publicKey(key)));
}

/** Tag, length and contents. Lengths of 128 and more are written in two bytes, preceded by their number. */
function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  const header = length < 128 ? Buffer.of(tag, length) : Buffer.of(tag, 0x82, 0, 0);
  if (length >= 128) header.writeUInt16BE(length, 2);
  return Buffer.concat([header, ...contents]);
}
