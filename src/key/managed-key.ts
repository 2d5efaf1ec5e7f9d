import { Annotations, Resource, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { ICustomerManagedKey } from './i-customer-managed-key';
import { KeyActions } from './key-actions';
import { administratorActions, encrypts, isSymmetric, userActions, type KeyKind } from './key-kind';
import { KeyUsage } from './key-usage';
import { describeProblem } from '../contract/problem';

/**
 * The verbs of a KMS key, for whatever construct makes it.
 *
 * Grants are given along KMS's real edges, so `kms:ReEncrypt*`, which opens both directions at once, appears nowhere.
 *
 * @internal
 */
export abstract class ManagedKey extends Resource implements ICustomerManagedKey {
  /** The ARN of the key. Whatever refers to it waits until the key can be used. */
  public abstract readonly keyArn: string;
  /** The id of the key. Whatever refers to it waits until the key can be used. */
  public abstract readonly keyId: string;

  /**
   * What the key can do; nothing when nobody knows, since the key was made elsewhere.
   *
   * @internal
   */
  protected abstract readonly _kind: KeyKind | undefined;

  /**
   * What the key policy is made of; nothing when it is written elsewhere.
   *
   * @internal
   */
  protected abstract readonly _policy: iam.PolicyDocument | undefined;

  /**
   * Whether IAM policies of the account can allow anything.
   *
   * @internal
   */
  protected abstract readonly _delegatesToIam: boolean;

  /** A reference to this key. */
  public get keyRef(): kms.KeyReference {
    return { keyArn: this.keyArn, keyId: this.keyId };
  }

  /**
   * Gives the key one more alias.
   *
   * @param aliasName The alias; `alias/` in front may be left out.
   */
  public addAlias(aliasName: string): kms.Alias {
    return new kms.Alias(this, `Alias${aliasName}`, { aliasName, targetKey: this });
  }

  /**
   * Adds a statement to the key policy.
   *
   * @param statement The statement; its resource has to be `*`, which means this key.
   * @param _allowNoOp Whether nothing may happen: with a key that was made elsewhere, whose policy is not ours.
   */
  public addToResourcePolicy(statement: iam.PolicyStatement, _allowNoOp?: boolean): iam.AddToResourcePolicyResult {
    if (this._policy === undefined) return { statementAdded: false };
    this._policy.addStatements(statement);
    return { statementAdded: true, policyDependable: this.node.defaultChild };
  }

  /**
   * Lets the grantee call these actions on the key. Where it landed, the answer tells.
   *
   * It lands in the grantee's own IAM policy, which makes no stack of the key depend on a stack of its users. Where IAM policies decide
   * nothing (see `KeyPosture`), for a principal of another account, and for one without an IAM policy, the key policy says it. Another
   * account has to allow the same on its own side, which cannot be done from here.
   *
   * @param grantee Who may.
   * @param actions KMS actions, such as `kms:Decrypt`.
   */
  public grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    const options = { grantee, actions, resource: this, resourceArns: [this.keyArn], resourceSelfArns: ['*'] };
    if (this._policy === undefined) return iam.Grant.addToPrincipal(options);
    if (this.isOfAnotherAccount(grantee)) this.tellOtherAccount(grantee, actions);
    else if (this._delegatesToIam) return iam.Grant.addToPrincipalOrResource(options);
    else if (!this.mayReferTo(grantee)) throw this.wrongDirection(grantee);
    const statement = new iam.PolicyStatement({ actions, principals: [grantee.grantPrincipal], resources: ['*'] });
    return iam.Grant.addStatementToResourcePolicy({ ...options, statement });
  }

  /**
   * Lets the grantee open ciphertext of this key.
   *
   * @param grantee Who may.
   */
  public grantDecrypt(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.ENCRYPT_DECRYPT, 'decrypt');
    return this.grant(grantee, ...KeyActions.DECRYPT);
  }

  /**
   * Lets the grantee make ciphertext under this key: encrypt, generate data keys, and re-encrypt to this key. It can open nothing.
   *
   * @param grantee Who may.
   */
  public grantEncrypt(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.ENCRYPT_DECRYPT, 'encrypt');
    const opens: readonly string[] = [...KeyActions.DECRYPT, ...KeyActions.REENCRYPT_FROM, 'kms:DescribeKey'];
    return this.grant(grantee, ...this.useActions().filter((action) => !opens.includes(action)));
  }

  /**
   * Lets the grantee make and open ciphertext of this key, and re-encrypt it in both directions.
   *
   * @param grantee Who may.
   */
  public grantEncryptDecrypt(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.ENCRYPT_DECRYPT, 'encrypt or decrypt');
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
    this.requireUsage(KeyUsage.ENCRYPT_DECRYPT, 're-encrypt');
    return this.grant(grantee, ...KeyActions.REENCRYPT_FROM);
  }

  /**
   * Lets the grantee bring ciphertext under this key from another key that it may re-encrypt from, without seeing what is in it.
   *
   * @param grantee Who may.
   */
  public grantReEncryptTo(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.ENCRYPT_DECRYPT, 're-encrypt');
    return this.grant(grantee, ...KeyActions.REENCRYPT_TO);
  }

  /**
   * Lets the grantee sign: whoever can, speaks in the name of the key.
   *
   * @param grantee Who may.
   */
  public grantSign(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.SIGN_VERIFY, 'sign');
    return this.grant(grantee, ...KeyActions.SIGN);
  }

  /**
   * Lets the grantee verify signatures, and have the public key.
   *
   * @param grantee Who may.
   */
  public grantVerify(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.SIGN_VERIFY, 'verify signatures');
    return this.grant(grantee, ...KeyActions.VERIFY);
  }

  /**
   * Lets the grantee sign, verify signatures, and have the public key.
   *
   * @param grantee Who may.
   */
  public grantSignVerify(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.SIGN_VERIFY, 'sign or verify signatures');
    return this.grant(grantee, ...KeyActions.SIGN, ...KeyActions.VERIFY);
  }

  /**
   * Lets the grantee make message authentication codes.
   *
   * @param grantee Who may.
   */
  public grantGenerateMac(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.GENERATE_VERIFY_MAC, 'generate MACs');
    return this.grant(grantee, ...KeyActions.GENERATE_MAC);
  }

  /**
   * Lets the grantee verify message authentication codes.
   *
   * @param grantee Who may.
   */
  public grantVerifyMac(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.GENERATE_VERIFY_MAC, 'verify MACs');
    return this.grant(grantee, ...KeyActions.VERIFY_MAC);
  }

  /**
   * Lets the grantee derive secrets that the key shares with others, and have the public key.
   *
   * @param grantee Who may.
   */
  public grantDeriveSharedSecret(grantee: iam.IGrantable): iam.Grant {
    this.requireUsage(KeyUsage.KEY_AGREEMENT, 'agree on secrets');
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

  /** @internal */
  protected _setting(): { readonly multiRegion: boolean; readonly imported: boolean } {
    return { multiRegion: true, imported: true };
  }

  private useActions(): readonly string[] {
    return this._kind === undefined ? [...new Set([...KeyActions.USE, ...KeyActions.USE_PUBLIC_ENCRYPTION])] : userActions(this._kind);
  }

  private manageActions(): readonly string[] {
    return this._kind === undefined ? KeyActions.ADMINISTER : administratorActions(this._kind, this._setting());
  }

  private requireUsage({ name }: KeyUsage, verb: string): void {
    if (this._kind === undefined || this._kind.usage.name === name) return;
    throw this.refusal(verb, `give it keyUsage ${name}, or use another key`);
  }

  private requireSymmetric(verb: string): void {
    if (this._kind === undefined || (isSymmetric(this._kind) && encrypts(this._kind))) return;
    throw this.refusal(verb, 'use a key of spec SYMMETRIC_DEFAULT');
  }

  private refusal(verb: string, remedy: string): Error {
    const { spec, usage } = this._kind as KeyKind;
    return new Error(describeProblem({ where: this.node.path, what: `a key of spec ${spec.name} for ${usage.name} cannot ${verb}`, remedy }));
  }

  private isOfAnotherAccount({ grantPrincipal }: iam.IGrantable): boolean {
    const theirs = grantPrincipal.principalAccount;
    return theirs !== undefined && Token.compareStrings(theirs, this.env.account) === TokenComparison.DIFFERENT;
  }

  private tellOtherAccount({ grantPrincipal }: iam.IGrantable, actions: readonly string[]): void {
    Annotations.of(this).addInfo(describeProblem({
      where: 'grant',
      what: 'the key policy alone does not let a principal of another account in',
      given: `account ${grantPrincipal.principalAccount}`,
      remedy: `allow ${actions.join(', ')} on the ARN of this key in an IAM policy of that account, too`,
    }));
  }

  /** Whoever is not made by this app refers to nothing in it: a service, an ARN, an imported role. */
  private mayReferTo({ grantPrincipal }: iam.IGrantable): boolean {
    if (!Construct.isConstruct(grantPrincipal) || !Resource.isOwnedResource(grantPrincipal)) return true;
    const own = Stack.of(this);
    return [own, ...own.dependencies].includes(Stack.of(grantPrincipal));
  }

  private wrongDirection({ grantPrincipal }: iam.IGrantable): Error {
    return new Error(describeProblem({
      where: this.node.path,
      what: 'the key policy alone decides, and it would make the stack of the key depend on the stack of whom it names',
      given: Construct.isConstruct(grantPrincipal) ? grantPrincipal.node.path : undefined,
      remedy: 'deploy that stack first (keyStack.addDependency(thatStack)), hand in iam.Role.fromRoleName for a role with a name of its own, or use KeyPosture.iamDelegated()',
    }));
  }
}
