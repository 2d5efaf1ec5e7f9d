import { Token } from 'aws-cdk-lib';
import { SYMMETRIC_WRAPPING_ALGORITHMS } from '../contract/limits';
import { describeProblem } from '../contract/problem';

/**
 * Algorithm that encrypts (wraps) key material for its transport to AWS KMS.
 *
 * The wrapping key is a 4096-bit RSA public key that KMS generates for the import. Only KMS can unwrap the key
 * material.
 */
export class WrappingAlgorithm {
  /** RSA-OAEP with SHA-256. Preferred, unless your policies or hardware modules do not support it. */
  public static readonly RSAES_OAEP_SHA_256 = new WrappingAlgorithm('RSAES_OAEP_SHA_256');

  /**
   * RSA-OAEP with SHA-1, which is still secure in OAEP. For policies or hardware modules that support no other
   * algorithm.
   */
  public static readonly RSAES_OAEP_SHA_1 = new WrappingAlgorithm('RSAES_OAEP_SHA_1');

  /**
   * Algorithm by its name in the KMS API, for example from a configuration file.
   *
   * An algorithm that KMS or the key does not support is refused at synthesis, with the reason.
   *
   * @param name The name of the algorithm in the KMS API.
   */
  public static of(name: string): WrappingAlgorithm {
    return new WrappingAlgorithm(name);
  }

  /** The name of the algorithm in the KMS API. */
  public readonly algorithmName: string;

  private constructor(algorithmName: string) {
    this.algorithmName = algorithmName;
  }
}

/** Reasons for which the algorithm cannot wrap symmetric key material. Empty if it can. */
export function wrappingProblems(algorithm: WrappingAlgorithm): string[] {
  const name = algorithm.algorithmName;
  if (Token.isUnresolved(name) || SYMMETRIC_WRAPPING_ALGORITHMS.includes(name)) return [];
  return [describeProblem({
    where: 'wrappingAlgorithm',
    what: reasonAgainst(name),
    given: name,
    allowed: SYMMETRIC_WRAPPING_ALGORITHMS.join(', '),
    remedy: 'use WrappingAlgorithm.RSAES_OAEP_SHA_256',
  })];
}

function reasonAgainst(name: string): string {
  if (name === 'RSAES_PKCS1_V1_5') return 'KMS has not accepted this algorithm since October 2023, because its padding can be attacked';
  if (name.startsWith('RSA_AES_KEY_WRAP_')) return 'this algorithm is for RSA and elliptic curve private keys, and the key is symmetric';
  return 'algorithm is not supported for symmetric key material';
}
