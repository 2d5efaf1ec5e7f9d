/** What a KMS key is for. It can never be changed. */
export class KmsKeyUsage {
  /** Encrypts and decrypts; a symmetric key also makes data keys. */
  public static readonly ENCRYPT_DECRYPT = new KmsKeyUsage('ENCRYPT_DECRYPT', []);
  /** Signs, and verifies signatures. */
  public static readonly SIGN_VERIFY = new KmsKeyUsage('SIGN_VERIFY', ['kms:Sign', 'kms:Verify', 'kms:GetPublicKey']);
  /** Makes and verifies message authentication codes. */
  public static readonly GENERATE_VERIFY_MAC = new KmsKeyUsage('GENERATE_VERIFY_MAC', ['kms:GenerateMac', 'kms:VerifyMac']);
  /** Derives a secret that it shares with somebody else's key. */
  public static readonly KEY_AGREEMENT = new KmsKeyUsage('KEY_AGREEMENT', ['kms:DeriveSharedSecret', 'kms:GetPublicKey']);

  /**
   * A usage that AWS KMS has and this version of the library does not know yet.
   *
   * @param name As AWS KMS spells it, such as `ENCAPSULATE_DECAPSULATE`.
   * @param actions What users of such a key call, such as `kms:Encapsulate`. They may always describe the key as well.
   */
  public static of(name: string, actions: string[]): KmsKeyUsage {
    return new KmsKeyUsage(name, actions);
  }

  /**
   * What users call.
   *
   * @internal
   */
  public readonly _actions: readonly string[];

  private constructor(
    /** As AWS KMS spells it. */
    public readonly name: string,
    actions: readonly string[],
  ) {
    this._actions = actions;
  }
}
