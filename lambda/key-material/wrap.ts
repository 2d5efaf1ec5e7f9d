import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { ErrorName } from '../../src/contract/error-names';
import { Failure } from '../../src/contract/failure';
import { SYMMETRIC_WRAPPING_ALGORITHMS } from '../../src/contract/limits';

const OAEP_HASHES = new Map([['RSAES_OAEP_SHA_256', 'sha256'], ['RSAES_OAEP_SHA_1', 'sha1']]);

/** Encrypts key material so that only KMS can decrypt it. `publicKey` is the DER that KMS returned for this import. */
export function wrap(material: Uint8Array, publicKey: Uint8Array, wrappingAlgorithm: string): Uint8Array {
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: oaepHash(wrappingAlgorithm) }, material);
}

/** Rejects an unsupported algorithm before any call to KMS. */
export function oaepHash(wrappingAlgorithm: string): string {
  const hash = OAEP_HASHES.get(wrappingAlgorithm);
  if (hash !== undefined) return hash;
  throw new Failure(ErrorName.INVALID_REQUEST, {
    where: 'wrapping algorithm',
    what: 'algorithm is not supported for symmetric key material',
    given: wrappingAlgorithm,
    allowed: SYMMETRIC_WRAPPING_ALGORITHMS.join(', '),
    remedy: 'use WrappingAlgorithm.RSAES_OAEP_SHA_256',
  });
}
