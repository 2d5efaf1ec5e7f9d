import { KeyUsage } from 'aws-cdk-lib/aws-kms';
import { encrypts, isSymmetric, type KeyKind } from '../kind/key-kind';

/**
 * Effect of an encryption context constraint on an operation: it applies, it is ignored, or KMS refuses the
 * combination.
 */
type ContextConstraintEffect = 'applies' | 'ignored' | 'refused';

const forSymmetric = (kind: KeyKind) => isSymmetric(kind) && encrypts(kind);
const forUsage = (usage: KeyUsage) => (kind: KeyKind) => kind.usage === usage;
const forPublicKeys = (kind: KeyKind) => !isSymmetric(kind) && kind.usage !== KeyUsage.GENERATE_VERIFY_MAC;
const forEveryKey = () => true;

/**
 * Operation that a grant allows its grantee.
 *
 * Source: "Grant operations", AWS KMS developer guide.
 */
export class GrantOperation {
  /** Encrypts up to 4 KiB. */
  public static readonly ENCRYPT = new GrantOperation('Encrypt', encrypts, 'applies');
  /** Decrypts ciphertext of the key. */
  public static readonly DECRYPT = new GrantOperation('Decrypt', encrypts, 'applies');
  /** Re-encrypts ciphertext from this key to another key. The caller does not see plaintext. */
  public static readonly RE_ENCRYPT_FROM = new GrantOperation('ReEncryptFrom', encrypts, 'applies');
  /** Re-encrypts ciphertext from another key to this key. The caller does not see plaintext. */
  public static readonly RE_ENCRYPT_TO = new GrantOperation('ReEncryptTo', encrypts, 'applies');
  /** Generates data keys, and returns their plaintext. */
  public static readonly GENERATE_DATA_KEY = new GrantOperation('GenerateDataKey', forSymmetric, 'applies');
  /** Generates data keys without plaintext. */
  public static readonly GENERATE_DATA_KEY_WITHOUT_PLAINTEXT = new GrantOperation(
    'GenerateDataKeyWithoutPlaintext',
    forSymmetric,
    'applies',
  );
  /** Generates data key pairs, and returns the plaintext private key. */
  public static readonly GENERATE_DATA_KEY_PAIR = new GrantOperation('GenerateDataKeyPair', forSymmetric, 'applies');
  /** Generates data key pairs without the plaintext private key. */
  public static readonly GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT = new GrantOperation(
    'GenerateDataKeyPairWithoutPlaintext',
    forSymmetric,
    'applies',
  );
  /** Signs. A signature does not show which principal created it. */
  public static readonly SIGN = new GrantOperation('Sign', forUsage(KeyUsage.SIGN_VERIFY), 'refused');
  /** Verifies signatures. */
  public static readonly VERIFY = new GrantOperation('Verify', forUsage(KeyUsage.SIGN_VERIFY), 'refused');
  /** Generates message authentication codes. */
  public static readonly GENERATE_MAC = new GrantOperation('GenerateMac', forUsage(KeyUsage.GENERATE_VERIFY_MAC), 'refused');
  /** Verifies message authentication codes. */
  public static readonly VERIFY_MAC = new GrantOperation('VerifyMac', forUsage(KeyUsage.GENERATE_VERIFY_MAC), 'refused');
  /** Derives a secret that is shared with the owner of another key pair. */
  public static readonly DERIVE_SHARED_SECRET = new GrantOperation('DeriveSharedSecret', forUsage(KeyUsage.KEY_AGREEMENT), 'refused');
  /** Reads the public key of an asymmetric key (GetPublicKey). */
  public static readonly READ_PUBLIC_KEY = new GrantOperation('GetPublicKey', forPublicKeys, 'refused');
  /** Reads the metadata of the key. The encryption context of the grant does not apply to it. */
  public static readonly DESCRIBE_KEY = new GrantOperation('DescribeKey', forEveryKey, 'ignored');
  /** Creates grants that allow the same operations, or fewer, to other principals. */
  public static readonly CREATE_GRANT = new GrantOperation('CreateGrant', forEveryKey, 'ignored');
  /** Retires this grant. The encryption context of the grant does not apply to it. */
  public static readonly RETIRE_GRANT = new GrantOperation('RetireGrant', forEveryKey, 'ignored');

  /**
   * Operation that this version of the library does not know yet. Only KMS checks it, at deployment.
   *
   * @param name The operation, as CreateGrant spells it: without `kms:`.
   */
  public static of(name: string): GrantOperation {
    return new GrantOperation(name, forEveryKey, 'ignored');
  }

  /** @internal */
  public readonly _fits: (kind: KeyKind) => boolean;

  /** @internal */
  public readonly _contextConstraint: ContextConstraintEffect;

  private constructor(
    /** The name of the operation in AWS KMS. */
    public readonly name: string,
    fits: (kind: KeyKind) => boolean,
    contextConstraint: ContextConstraintEffect,
  ) {
    this._fits = fits;
    this._contextConstraint = contextConstraint;
  }
}
