import { KeyUsage } from 'aws-cdk-lib/aws-kms';
import { listOf, TEXT } from '../../validation/kinds';
import { requireArguments } from '../../validation/shape';

const { ENCRYPT_DECRYPT, SIGN_VERIFY, GENERATE_VERIFY_MAC, KEY_AGREEMENT } = KeyUsage;

/**
 * Key spec: the type of the key material of a KMS key. It cannot be changed after the key is created.
 *
 * It has more members than `kms.KeySpec` of the AWS CDK, such as Ed25519, and accepts specs by name (`of`).
 *
 * Source: "Key spec reference", AWS KMS developer guide.
 */
export class KmsKeySpec {
  /** AES-256 key that never leaves AWS KMS. It encrypts up to 4 KiB, and generates data keys for larger data. */
  public static readonly SYMMETRIC_DEFAULT = new KmsKeySpec('SYMMETRIC_DEFAULT', [ENCRYPT_DECRYPT]);
  /** RSA with 2048 bits. It encrypts or signs. */
  public static readonly RSA_2048 = new KmsKeySpec('RSA_2048', [ENCRYPT_DECRYPT, SIGN_VERIFY]);
  /** RSA with 3072 bits. It encrypts or signs. */
  public static readonly RSA_3072 = new KmsKeySpec('RSA_3072', [ENCRYPT_DECRYPT, SIGN_VERIFY]);
  /** RSA with 4096 bits. It encrypts or signs. */
  public static readonly RSA_4096 = new KmsKeySpec('RSA_4096', [ENCRYPT_DECRYPT, SIGN_VERIFY]);
  /** Elliptic curve P-256 (secp256r1). It signs or derives shared secrets. */
  public static readonly ECC_NIST_P256 = new KmsKeySpec('ECC_NIST_P256', [SIGN_VERIFY, KEY_AGREEMENT]);
  /** Elliptic curve P-384 (secp384r1). It signs or derives shared secrets. */
  public static readonly ECC_NIST_P384 = new KmsKeySpec('ECC_NIST_P384', [SIGN_VERIFY, KEY_AGREEMENT]);
  /** Elliptic curve P-521 (secp521r1). It signs or derives shared secrets. */
  public static readonly ECC_NIST_P521 = new KmsKeySpec('ECC_NIST_P521', [SIGN_VERIFY, KEY_AGREEMENT]);
  /** Elliptic curve secp256k1, used by cryptocurrencies. It signs. */
  public static readonly ECC_SECG_P256K1 = new KmsKeySpec('ECC_SECG_P256K1', [SIGN_VERIFY]);
  /** Ed25519. It signs. */
  public static readonly ECC_NIST_EDWARDS25519 = new KmsKeySpec('ECC_NIST_EDWARDS25519', [SIGN_VERIFY]);
  /** HMAC with SHA-224. */
  public static readonly HMAC_224 = new KmsKeySpec('HMAC_224', [GENERATE_VERIFY_MAC]);
  /** HMAC with SHA-256. */
  public static readonly HMAC_256 = new KmsKeySpec('HMAC_256', [GENERATE_VERIFY_MAC]);
  /** HMAC with SHA-384. */
  public static readonly HMAC_384 = new KmsKeySpec('HMAC_384', [GENERATE_VERIFY_MAC]);
  /** HMAC with SHA-512. */
  public static readonly HMAC_512 = new KmsKeySpec('HMAC_512', [GENERATE_VERIFY_MAC]);
  /** ML-DSA-44, which resists known attacks by quantum computers. It signs. */
  public static readonly ML_DSA_44 = new KmsKeySpec('ML_DSA_44', [SIGN_VERIFY]);
  /** ML-DSA-65, which resists known attacks by quantum computers. It signs. */
  public static readonly ML_DSA_65 = new KmsKeySpec('ML_DSA_65', [SIGN_VERIFY]);
  /** ML-DSA-87, which resists known attacks by quantum computers. It signs. */
  public static readonly ML_DSA_87 = new KmsKeySpec('ML_DSA_87', [SIGN_VERIFY]);

  /**
   * Spec that this version of the library does not know yet, such as `ML_KEM_768`.
   *
   * Only AWS KMS checks it, at deployment. Such a key has no automatic rotation, and needs no `keyUsage`.
   *
   * @param name The name of the spec in AWS KMS.
   * @param usage The name of the usage in AWS KMS, such as `ENCAPSULATE_DECAPSULATE`.
   * @param userActions The actions of `users` of the key, such as `kms:Encapsulate`. `kms:DescribeKey` is always added.
   */
  public static of(name: string, usage: string, userActions: string[]): KmsKeySpec {
    requireArguments('KmsKeySpec.of', { name, usage, userActions }, { name: TEXT, usage: TEXT, userActions: listOf(TEXT) });
    return new KmsKeySpec(name, [usage], userActions);
  }

  /**
   * The usages of such a key.
   *
   * @internal
   */
  public readonly _usages: readonly string[];
  /**
   * The actions of users of such a key. Undefined if the usage determines them.
   *
   * @internal
   */
  public readonly _userActions: readonly string[] | undefined;

  private constructor(
    /** The name of the spec in AWS KMS. */
    public readonly name: string,
    usages: readonly string[],
    userActions?: readonly string[],
  ) {
    this._usages = usages;
    this._userActions = userActions;
  }
}
