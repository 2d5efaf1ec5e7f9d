import { Token } from 'aws-cdk-lib';
import { SYMMETRIC_WRAPPING_ALGORITHMS } from '../contract/limits';
import { describeProblem } from '../contract/problem';

/**
 * Algorithm that encrypts (wraps) key material for its transport to AWS KMS.
 *
 * The wrapping key is a 4096-bit RSA public key that KMS generates for the import. Only KMS can unwrap the key
 * material.
 */
export enum WrappingAlgorithm {
  /** RSA-OAEP with SHA-256. Preferred, unless your policies or hardware modules do not support it. */
  RSAES_OAEP_SHA_256 = 'RSAES_OAEP_SHA_256',
  /**
   * RSA-OAEP with SHA-1, which is still secure in OAEP. Choose it if your policies or hardware modules support no other
   * algorithm.
   */
  RSAES_OAEP_SHA_1 = 'RSAES_OAEP_SHA_1',
}

/**
 * Reasons for which the algorithm cannot wrap symmetric key material. Empty if it can.
 *
 * A name from a configuration file can be another algorithm of the KMS API, which the type does not prevent.
 */
export function wrappingProblems(name: string): string[] {
  if (Token.isUnresolved(name) || SYMMETRIC_WRAPPING_ALGORITHMS.includes(name)) return [];
  return [describeProblem({
    where: 'wrappingAlgorithm',
    what: reasonAgainst(name),
    given: name,
    allowed: Object.keys(WrappingAlgorithm).map((member) => `WrappingAlgorithm.${member}`).join(', '),
    remedy: 'use WrappingAlgorithm.RSAES_OAEP_SHA_256',
  })];
}

function reasonAgainst(name: string): string {
  if (name === 'RSAES_PKCS1_V1_5') return 'KMS has not accepted this algorithm since October 2023, because its padding can be attacked';
  if (name.startsWith('RSA_AES_KEY_WRAP_')) return 'this algorithm is for RSA and elliptic curve private keys, and the key is symmetric';
  return 'algorithm is not supported for symmetric key material';
}
