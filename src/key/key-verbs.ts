import { Resource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { KeyActions } from '../permissions/key-actions';
import { administratorActions, encrypts, isSymmetric, userActions, type KeyAccessSetting, type KeyKind } from './kind/key-kind';
import { KmsKeyUsage } from './kind/kms-key-usage';
import { describeProblem } from '../contract/problem';

/**
 * What can be granted on a KMS key, wherever a grant lands.
 *
 * Grants are given along KMS's real edges, so `kms:ReEncrypt*`, which opens both directions at once, appears nowhere.
 *
 * @internal
 */
export abstract class KeyVerbs extends Resource {
  /**
   * What the key can do; nothing when nobody knows, since the key was made elsewhere.
   *
   * @internal
   */
  public abstract readonly _setting: KeyAccessSetting | undefined;

  /**
   * Lets the grantee call these actions on the key. Where it landed, the answer tells.
   *
   * @param grantee Who may.
   * @param actions KMS actions, such as `kms:Decrypt`.
   */
  public abstract grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant;

  /**
   * Lets the grantee open ciphertext of this key.
   *
   * @param grantee Who may.
   */
  public grantDecrypt(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KmsKeyUsage.ENCRYPT_DECRYPT, 'decrypt');
    return this.grant(grantee, ...KeyActions.DECRYPT);
  }

  /**
   * Lets the grantee make ciphertext under this key: encrypt, generate data keys, and re-encrypt to this key. It can open nothing.
   *
   * @param grantee Who may.
   */
  public grantEncrypt(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KmsKeyUsage.ENCRYPT_DECRYPT, 'encrypt');
    const opens: readonly string[] = [...KeyActions.DECRYPT, ...KeyActions.REENCRYPT_FROM, 'kms:DescribeKey'];
    return this.grant(grantee, ...this.useActions().filter((action) => !opens.includes(action)));
  }

  /**
   * Lets the grantee make and open ciphertext of this key, and re-encrypt it in both directions.
   *
   * @param grantee Who may.
   */
  public grantEncryptDecrypt(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KmsKeyUsage.ENCRYPT_DECRYPT, 'encrypt or decrypt');
    return this.grant(grantee, ...this.useActions());
  }

  /**
   * Lets the grantee have data keys made, with or without seeing them. It can open none that it has not just been given.
   *
   * @param grantee Who may.
   */
  public grantGenerateDataKey(grantee: iam.IGrantable): iam.Grant {
    this.requireSymmetric('make data keys');
    return this.grant(grantee, ...KeyActions.GENERATE_DATA_KEY);
  }

  /**
   * Lets the grantee take ciphertext from this key to another key that it may re-encrypt to, without seeing what is in it.
   *
   * @param grantee Who may.
   */
  public grantReEncryptFrom(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KmsKeyUsage.ENCRYPT_DECRYPT, 're-encrypt');
    return this.grant(grantee, ...KeyActions.REENCRYPT_FROM);
  }

  /**
   * Lets the grantee bring ciphertext under this key from another key that it may re-encrypt from, without seeing what is in it.
   *
   * @param grantee Who may.
   */
  public grantReEncryptTo(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KmsKeyUsage.ENCRYPT_DECRYPT, 're-encrypt');
    return this.grant(grantee, ...KeyActions.REENCRYPT_TO);
  }

  /**
   * Lets the grantee sign: whoever can, speaks in the name of the key.
   *
   * @param grantee Who may.
   */
  public grantSign(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KmsKeyUsage.SIGN_VERIFY, 'sign');
    return this.grant(grantee, ...KeyActions.SIGN);
  }

  /**
   * Lets the grantee verify signatures, and have the public key.
   *
   * @param grantee Who may.
   */
  public grantVerify(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KmsKeyUsage.SIGN_VERIFY, 'verify signatures');
    return this.grant(grantee, ...KeyActions.VERIFY);
  }

  /**
   * Lets the grantee sign, verify signatures, and have the public key.
   *
   * @param grantee Who may.
   */
  public grantSignVerify(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KmsKeyUsage.SIGN_VERIFY, 'sign or verify signatures');
    return this.grant(grantee, ...KeyActions.SIGN, ...KeyActions.VERIFY);
  }

  /**
   * Lets the grantee make message authentication codes.
   *
   * @param grantee Who may.
   */
  public grantGenerateMac(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KmsKeyUsage.GENERATE_VERIFY_MAC, 'generate MACs');
    return this.grant(grantee, ...KeyActions.GENERATE_MAC);
  }

  /**
   * Lets the grantee verify message authentication codes.
   *
   * @param grantee Who may.
   */
  public grantVerifyMac(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KmsKeyUsage.GENERATE_VERIFY_MAC, 'verify MACs');
    return this.grant(grantee, ...KeyActions.VERIFY_MAC);
  }

  /**
   * Lets the grantee derive secrets that the key shares with others, and have the public key.
   *
   * @param grantee Who may.
   */
  public grantDeriveSharedSecret(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KmsKeyUsage.KEY_AGREEMENT, 'agree on secrets');
    return this.grant(grantee, ...KeyActions.DERIVE_SHARED_SECRET);
  }

  /**
   * Lets the grantee rotate the key now, of which a key allows 25 times in its life, and see which rotations there were.
   *
   * @param grantee Who may.
   */
  public grantRotate(grantee: iam.IGrantable): iam.Grant {
    this.requireSymmetric('rotate');
    return this.grant(grantee, 'kms:DescribeKey', ...KeyActions.ROTATE);
  }

  /**
   * Lets the grantee manage the key: policy, state, aliases, tags, deletion. It cannot use the key, nor let somebody in by a KMS grant.
   *
   * For its aliases it needs the same actions on the alias, too: in its IAM policy, since aliases have no policies.
   *
   * @param grantee Who may.
   */
  public grantAdmin(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ...this.manageActions());
  }

  private useActions(): readonly string[] {
    if (this._setting === undefined) return [...new Set([...KeyActions.USE, ...KeyActions.USE_PUBLIC_ENCRYPTION])];
    return userActions(this._setting.kind);
  }

  private manageActions(): readonly string[] {
    return this._setting === undefined ? KeyActions.ADMINISTER : administratorActions(this._setting);
  }

  private requireUsage({ name }: KmsKeyUsage, verb: string): void {
    const kind = this._setting?.kind;
    if (kind === undefined || kind.usage.name === name) return;
    throw this.refusal(kind, verb, `give it keyUsage ${name}, or use another key`);
  }

  private requireSymmetric(verb: string): void {
    const kind = this._setting?.kind;
    if (kind === undefined || (isSymmetric(kind) && encrypts(kind))) return;
    throw this.refusal(kind, verb, 'use a key of spec SYMMETRIC_DEFAULT');
  }

  private refusal({ spec, usage }: KeyKind, verb: string, remedy: string): Error {
    return new Error(describeProblem({ where: this.node.path, what: `a key of spec ${spec.name} for ${usage.name} cannot ${verb}`, remedy }));
  }
}
