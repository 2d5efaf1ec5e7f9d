import { Resource } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { KeyUsage } from 'aws-cdk-lib/aws-kms';
import { KeyActions } from '../permissions/key-actions';
import { administratorActions, encrypts, isSymmetric, userActions, type KeyAccessSetting, type KeyKind } from './kind/key-kind';
import { describeProblem } from '../contract/problem';

/**
 * Grant methods of a KMS key, independent of the policy that a grant changes.
 *
 * ReEncryptFrom and ReEncryptTo are separate permissions in KMS. `kms:ReEncrypt*`, which allows both, is used nowhere.
 *
 * @internal
 */
export abstract class KeyVerbs extends Resource {
  /**
   * Spec, usage and origin of the key. Undefined for an existing key, of which they are unknown.
   *
   * @internal
   */
  public abstract readonly _setting: KeyAccessSetting | undefined;

  /**
   * Grants these KMS actions on the key. The returned `Grant` reports which policy was changed: `principalStatements`
   * or `resourceStatements`.
   *
   * @param actions KMS actions, such as `kms:Decrypt`.
   */
  public abstract grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant;

  /** Grants permission to decrypt. */
  public grantDecrypt(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.ENCRYPT_DECRYPT, 'decrypt');
    return this.grant(grantee, ...KeyActions.DECRYPT);
  }

  /**
   * Grants permission to encrypt, generate data keys, and re-encrypt to this key. It includes no permission to decrypt.
   */
  public grantEncrypt(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.ENCRYPT_DECRYPT, 'encrypt');
    const opens: readonly string[] = [...KeyActions.DECRYPT, ...KeyActions.REENCRYPT_FROM, 'kms:DescribeKey'];
    return this.grant(grantee, ...this.useActions().filter((action) => !opens.includes(action)));
  }

  /** Grants permission to encrypt, generate data keys, decrypt, and re-encrypt in both directions. */
  public grantEncryptDecrypt(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.ENCRYPT_DECRYPT, 'encrypt or decrypt');
    return this.grant(grantee, ...this.useActions());
  }

  /**
   * Grants permission to generate data keys, with or without plaintext. It includes no permission to decrypt them
   * later.
   */
  public grantGenerateDataKey(grantee: iam.IGrantable): iam.Grant {
    this.requireSymmetric('generate data keys');
    return this.grant(grantee, ...KeyActions.GENERATE_DATA_KEY);
  }

  /** Grants permission to re-encrypt ciphertext of this key to another key. The grantee does not see plaintext. */
  public grantReEncryptFrom(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.ENCRYPT_DECRYPT, 're-encrypt');
    return this.grant(grantee, ...KeyActions.REENCRYPT_FROM);
  }

  /** Grants permission to re-encrypt ciphertext of another key to this key. The grantee does not see plaintext. */
  public grantReEncryptTo(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.ENCRYPT_DECRYPT, 're-encrypt');
    return this.grant(grantee, ...KeyActions.REENCRYPT_TO);
  }

  /** Grants permission to sign. A signature does not show which principal created it. */
  public grantSign(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.SIGN_VERIFY, 'sign');
    return this.grant(grantee, ...KeyActions.SIGN);
  }

  /** Grants permission to verify signatures, and to read the public key. */
  public grantVerify(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.SIGN_VERIFY, 'verify signatures');
    return this.grant(grantee, ...KeyActions.VERIFY);
  }

  /** Grants permission to sign, to verify signatures, and to read the public key. */
  public grantSignVerify(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.SIGN_VERIFY, 'sign or verify signatures');
    return this.grant(grantee, ...KeyActions.SIGN, ...KeyActions.VERIFY);
  }

  /** Grants permission to generate message authentication codes. */
  public grantGenerateMac(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.GENERATE_VERIFY_MAC, 'generate MACs');
    return this.grant(grantee, ...KeyActions.GENERATE_MAC);
  }

  /** Grants permission to verify message authentication codes. */
  public grantVerifyMac(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.GENERATE_VERIFY_MAC, 'verify MACs');
    return this.grant(grantee, ...KeyActions.VERIFY_MAC);
  }

  /** Grants permission to derive shared secrets, and to read the public key. */
  public grantDeriveSharedSecret(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.KEY_AGREEMENT, 'derive shared secrets');
    return this.grant(grantee, ...KeyActions.DERIVE_SHARED_SECRET);
  }

  /**
   * Grants permission to rotate the key on demand, and to list its rotations. A key allows 25 on-demand rotations in
   * its lifetime.
   */
  public grantRotate(grantee: iam.IGrantable): iam.Grant {
    this.requireSymmetric('rotate');
    return this.grant(grantee, 'kms:DescribeKey', ...KeyActions.ROTATE);
  }

  /**
   * Grants permission to manage the key: policy, state, aliases, tags, deletion. It includes neither use of the key nor
   * CreateGrant.
   *
   * To manage aliases, the grantee also needs `kms:CreateAlias`, `kms:UpdateAlias` and `kms:DeleteAlias` on the ARN of
   * the alias, in an IAM policy: an alias has no policy of its own.
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

  private requireUsage(usage: KeyUsage, verb: string): void {
    const kind = this._setting?.kind;
    if (kind === undefined || kind.usage === usage) return;
    throw this.refusal(kind, verb, `set keyUsage to ${usage}, or use another key`);
  }

  private requireSymmetric(verb: string): void {
    const kind = this._setting?.kind;
    if (kind === undefined || (isSymmetric(kind) && encrypts(kind))) return;
    throw this.refusal(kind, verb, 'use a key of spec SYMMETRIC_DEFAULT');
  }

  private refusal({ spec, usage }: KeyKind, verb: string, remedy: string): Error {
    return new Error(describeProblem({ where: this.node.path, what: `a key of spec ${spec.name} for ${usage} cannot ${verb}`, remedy }));
  }
}
