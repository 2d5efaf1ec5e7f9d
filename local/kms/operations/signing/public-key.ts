import { createPublicKey } from 'node:crypto';
import { unsupported } from '../../protocol/errors';
import { mlKemPublicKey } from '../../crypto/encryption/ml-kem';
import { mlDsaPublicKey } from '../../crypto/signatures/ml-dsa';
import type { SpecifiedSecret } from '../call/usable-key';
import { ALGORITHMS_MEMBER } from '../keys/key-metadata';
import { algorithmsOf, factsOf, type KeySpec } from '../../protocol/key-spec';
import type { KmsKey } from '../../model/keys/kms-key';
import { operation } from '../call/operation';
import { GRANT_TOKENS, KEY_ID } from '../../protocol/members';
import { optional, structure } from '../../protocol/shape';

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

/** A key whose imported private key was deleted or has expired still has its public one. */
function publicKeyOf(key: KmsKey): Buffer {
  const { current } = key.materials;
  if (current?.secret !== undefined) return subjectPublicKeyInfo({ keySpec: key.keySpec, secret: current.secret });
  if (current?.publicKey !== undefined) return current.publicKey.export({ type: 'spki', format: 'der' });
  throw noPublicKeyYet(key);
}

/** AWS's words for a key of one secret are not known. */
function noPublicKey({ arn, keySpec }: KmsKey): Error {
  return unsupported(`${arn} key spec is ${keySpec} which is not valid for GetPublicKey.`);
}

/** What AWS says of a key pair that was never imported is not known: its state allows the call, but there is nothing to answer. */
function noPublicKeyYet({ arn }: KmsKey): Error {
  return unsupported(`${arn} has no public key until its key material is imported.`);
}

/** How an algorithm's object identifier ends, after 2.16.840.1.101.3.4, and how its public key is made. */
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

/** The public key in DER, as X.509 has it. node:crypto does not know the post-quantum ones, whose DER is made here. */
export function subjectPublicKeyInfo(key: SpecifiedSecret): Buffer {
  const postQuantum = POST_QUANTUM[key.keySpec];
  if (postQuantum === undefined) return createPublicKey(key.secret).export({ type: 'spki', format: 'der' });
  const algorithm = der(SEQUENCE, der(OBJECT_IDENTIFIER, NIST_ALGORITHMS, Buffer.from(postQuantum.arcs)));
  // A bit string begins with the number of bits that its last byte does not use.
  return der(SEQUENCE, algorithm, der(BIT_STRING, Buffer.of(0), postQuantum.publicKey(key)));
}

/** Tag, length, contents. Lengths of 128 and more are written in two bytes, preceded by their number. */
function der(tag: number, ...contents: Uint8Array[]): Buffer {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  const header = length < 128 ? Buffer.of(tag, length) : Buffer.of(tag, 0x82, 0, 0);
  if (length >= 128) header.writeUInt16BE(length, 2);
  return Buffer.concat([header, ...contents]);
}
