/** Key usage: the cryptographic operations of a KMS key. It cannot be changed after the key is created. */
export class KmsKeyUsage {
  /** Encrypts and decrypts. A symmetric key also generates data keys. */
  public static readonly ENCRYPT_DECRYPT = new KmsKeyUsage('ENCRYPT_DECRYPT', []);
  /** Signs, and verifies signatures. */
  public static readonly SIGN_VERIFY = new KmsKeyUsage('SIGN_VERIFY', ['kms:Sign', 'kms:Verify', 'kms:GetPublicKey']);
  /** Generates and verifies message authentication codes. */
  public static readonly GENERATE_VERIFY_MAC = new KmsKeyUsage('GENERATE_VERIFY_MAC', ['kms:GenerateMac', 'kms:VerifyMac']);
  /** Derives a secret shared with the owner of another key. */
  public static readonly KEY_AGREEMENT = new KmsKeyUsage('KEY_AGREEMENT', ['kms:DeriveSharedSecret', 'kms:GetPublicKey']);

  /**
   * Usage that this version of the library does not know yet.
   *
   * @param name The name of the usage in AWS KMS, such as `ENCAPSULATE_DECAPSULATE`.
   * @param actions The actions of users of such a key, such as `kms:Encapsulate`. `kms:DescribeKey` is always added.
   */
  public static of(name: string, actions: string[]): KmsKeyUsage {
    return new KmsKeyUsage(name, actions);
  }

  /**
   * The actions of users.
   *
   * @internal
   */
  public readonly _actions: readonly string[];

  private constructor(
    /** The name of the usage in AWS KMS. */
    public readonly name: string,
    actions: readonly string[],
  ) {
    this._actions = actions;
  }
}
