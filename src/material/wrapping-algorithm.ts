import { Token } from 'aws-cdk-lib';
import { SYMMETRIC_WRAPPING_ALGORITHMS } from '../contract/limits';
import { describeProblem } from '../contract/problem';

/**
 * How key material is encrypted on its way into AWS KMS.
 *
 * The material is wrapped under an RSA public key of 4096 bits that KMS makes for this one import; nobody but KMS can unwrap it.
 */
export class WrappingAlgorithm {
  /** RSA-OAEP with SHA-256. Choose it unless something between you and KMS cannot do SHA-256. */
  public static readonly RSAES_OAEP_SHA_256 = new WrappingAlgorithm('RSAES_OAEP_SHA_256');

  /** RSA-OAEP with SHA-1, which is still sound in OAEP. For policies or modules that know no other. */
  public static readonly RSAES_OAEP_SHA_1 = new WrappingAlgorithm('RSAES_OAEP_SHA_1');

  /**
   * An algorithm by the name that KMS has for it, for example from a configuration file.
   *
   * What KMS or the key cannot take is refused when the app is synthesized, with the reason.
   *
   * @param name The name of the algorithm, as in the KMS API.
   */
  public static of(name: string): WrappingAlgorithm {
    return new WrappingAlgorithm(name);
  }

  /** The name that KMS has for it. */
  public readonly algorithmName: string;

  private constructor(algorithmName: string) {
    this.algorithmName = algorithmName;
  }
}

/** Why symmetric key material cannot be wrapped like this; empty when it can. */
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
  if (name === 'RSAES_PKCS1_V1_5') return 'KMS stopped accepting this algorithm in October 2023, since its padding can be attacked';
  if (name.startsWith('RSA_AES_KEY_WRAP_')) return 'this algorithm is for RSA and elliptic curve private keys, and the key is a symmetric one';
  return 'algorithm is not known for symmetric key material';
}
