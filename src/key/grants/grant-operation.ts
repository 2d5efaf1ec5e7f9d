import { encrypts, isSymmetric, type KeyKind } from '../kind/key-kind';
import { KmsKeyUsage } from '../kind/kms-key-usage';

/** Whether an encryption context can be asked of an operation: it brings one, it is exempt from the question, or it knows none. */
type BesideContext = 'brings' | 'exempt' | 'impossible';

const forSymmetric = (kind: KeyKind) => isSymmetric(kind) && encrypts(kind);
const forUsage = (usage: KmsKeyUsage) => (kind: KeyKind) => kind.usage.name === usage.name;
const forPublicKeys = (kind: KeyKind) => !isSymmetric(kind) && kind.usage.name !== KmsKeyUsage.GENERATE_VERIFY_MAC.name;
const forEveryKey = () => true;

/**
 * What a grant lets its grantee do with the key.
 *
 * Source: "Grant operations", AWS KMS developer guide.
 */
export class GrantOperation {
  /** Encrypts up to 4 KiB. */
  public static readonly ENCRYPT = new GrantOperation('Encrypt', encrypts, 'brings');
  /** Opens ciphertext of the key. */
  public static readonly DECRYPT = new GrantOperation('Decrypt', encrypts, 'brings');
  /** Takes ciphertext from this key to another key, without seeing what is in it. */
  public static readonly RE_ENCRYPT_FROM = new GrantOperation('ReEncryptFrom', encrypts, 'brings');
  /** Brings ciphertext under this key from another key, without seeing what is in it. */
  public static readonly RE_ENCRYPT_TO = new GrantOperation('ReEncryptTo', encrypts, 'brings');
  /** Makes data keys, and sees them. */
  public static readonly GENERATE_DATA_KEY = new GrantOperation('GenerateDataKey', forSymmetric, 'brings');
  /** Makes data keys for others, without seeing them. */
  public static readonly GENERATE_DATA_KEY_WITHOUT_PLAINTEXT = new GrantOperation('GenerateDataKeyWithoutPlaintext', forSymmetric, 'brings');
  /** Makes pairs of data keys, and sees the private one. */
  public static readonly GENERATE_DATA_KEY_PAIR = new GrantOperation('GenerateDataKeyPair', forSymmetric, 'brings');
  /** Makes pairs of data keys, without seeing the private one. */
  public static readonly GENERATE_DATA_KEY_PAIR_WITHOUT_PLAINTEXT = new GrantOperation('GenerateDataKeyPairWithoutPlaintext', forSymmetric, 'brings');
  /** Signs: whoever can, speaks in the name of the key. */
  public static readonly SIGN = new GrantOperation('Sign', forUsage(KmsKeyUsage.SIGN_VERIFY), 'impossible');
  /** Verifies signatures. */
  public static readonly VERIFY = new GrantOperation('Verify', forUsage(KmsKeyUsage.SIGN_VERIFY), 'impossible');
  /** Makes message authentication codes. */
  public static readonly GENERATE_MAC = new GrantOperation('GenerateMac', forUsage(KmsKeyUsage.GENERATE_VERIFY_MAC), 'impossible');
  /** Verifies message authentication codes. */
  public static readonly VERIFY_MAC = new GrantOperation('VerifyMac', forUsage(KmsKeyUsage.GENERATE_VERIFY_MAC), 'impossible');
  /** Derives a secret that is shared with the owner of another key. */
  public static readonly DERIVE_SHARED_SECRET = new GrantOperation('DeriveSharedSecret', forUsage(KmsKeyUsage.KEY_AGREEMENT), 'impossible');
  /** Has the public key, of keys that have one: GetPublicKey, a word that other languages keep for getters. */
  public static readonly READ_PUBLIC_KEY = new GrantOperation('GetPublicKey', forPublicKeys, 'impossible');
  /** Sees what kind of key it is, and its state. No constraint binds it. */
  public static readonly DESCRIBE_KEY = new GrantOperation('DescribeKey', forEveryKey, 'exempt');
  /** Hands on what this grant allows, or less of it, to others. */
  public static readonly CREATE_GRANT = new GrantOperation('CreateGrant', forEveryKey, 'exempt');
  /** Gives this very grant back. No constraint binds it. */
  public static readonly RETIRE_GRANT = new GrantOperation('RetireGrant', forEveryKey, 'exempt');

  /**
   * An operation that AWS KMS has and this version of the library does not know yet. Nothing is checked about it before KMS is asked.
   *
   * @param name As AWS KMS spells it in CreateGrant: without `kms:`.
   */
  public static of(name: string): GrantOperation {
    return new GrantOperation(name, forEveryKey, 'exempt');
  }

  /** @internal */
  public readonly _fits: (kind: KeyKind) => boolean;

  /** @internal */
  public readonly _besideContext: BesideContext;

  private constructor(
    /** As AWS KMS spells it. */
    public readonly name: string,
    fits: (kind: KeyKind) => boolean,
    besideContext: BesideContext,
  ) {
    this._fits = fits;
    this._besideContext = besideContext;
  }
}
