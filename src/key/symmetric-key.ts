import { Annotations, Resource, Token, TokenComparison } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { KeyActions } from './key-actions';
import { describeProblem } from '../contract/problem';

/**
 * The verbs of a symmetric KMS key, for whatever construct makes it.
 *
 * Grants are given along KMS's real edges, so `kms:ReEncrypt*`, which opens both directions at once, appears nowhere.
 *
 * @internal
 */
export abstract class SymmetricKey extends Resource implements kms.IKey {
  /** The ARN of the key. Whatever refers to it waits until the key can be used. */
  public abstract readonly keyArn: string;
  /** The id of the key. Whatever refers to it waits until the key can be used. */
  public abstract readonly keyId: string;
  /** What the key policy is made of. */
  protected abstract readonly policy: iam.PolicyDocument;

  /** A reference to this key. */
  public get keyRef(): kms.KeyReference {
    return { keyArn: this.keyArn, keyId: this.keyId };
  }

  /**
   * Gives the key one more alias, removed with the stack.
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
   * @param _allowNoOp Not used: there always is a key policy.
   */
  public addToResourcePolicy(statement: iam.PolicyStatement, _allowNoOp?: boolean): iam.AddToResourcePolicyResult {
    this.policy.addStatements(statement);
    return { statementAdded: true, policyDependable: this.node.defaultChild };
  }

  /**
   * Lets the grantee call these actions on the key, through its own IAM policy.
   *
   * For a principal of another account, or one without an IAM policy, the key policy says it. Another account has to allow the same on
   * its own side, which cannot be done from here.
   *
   * @param grantee Who may.
   * @param actions KMS actions, such as `kms:Decrypt`.
   */
  public grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    const options = { grantee, actions, resource: this, resourceArns: [this.keyArn], resourceSelfArns: ['*'] };
    return this.isOfAnotherAccount(grantee) ? this.grantByKeyPolicy(options) : iam.Grant.addToPrincipalOrResource(options);
  }

  /**
   * Lets the grantee open ciphertext of this key.
   *
   * @param grantee Who may.
   */
  public grantDecrypt(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ...KeyActions.DECRYPT);
  }

  /**
   * Lets the grantee make ciphertext under this key: encrypt, generate data keys, and re-encrypt to this key. It can open nothing.
   *
   * @param grantee Who may.
   */
  public grantEncrypt(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ...KeyActions.ENCRYPT, ...KeyActions.REENCRYPT_TO);
  }

  /**
   * Lets the grantee make and open ciphertext of this key, and re-encrypt it in both directions.
   *
   * @param grantee Who may.
   */
  public grantEncryptDecrypt(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ...KeyActions.USE);
  }

  /**
   * Lets the grantee take ciphertext from this key to another key that it may re-encrypt to, without seeing what is in it.
   *
   * @param grantee Who may.
   */
  public grantReEncryptFrom(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ...KeyActions.REENCRYPT_FROM);
  }

  /**
   * Lets the grantee bring ciphertext under this key from another key that it may re-encrypt from, without seeing what is in it.
   *
   * @param grantee Who may.
   */
  public grantReEncryptTo(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ...KeyActions.REENCRYPT_TO);
  }

  /**
   * Always an error: a symmetric key cannot sign.
   *
   * @param _grantee Nobody.
   */
  public grantSign(_grantee: iam.IGrantable): iam.Grant {
    return this.refuse('sign');
  }

  /**
   * Always an error: a symmetric key cannot verify signatures.
   *
   * @param _grantee Nobody.
   */
  public grantVerify(_grantee: iam.IGrantable): iam.Grant {
    return this.refuse('verify signatures');
  }

  /**
   * Always an error: a symmetric key cannot sign.
   *
   * @param _grantee Nobody.
   */
  public grantSignVerify(_grantee: iam.IGrantable): iam.Grant {
    return this.refuse('sign or verify signatures');
  }

  /**
   * Always an error: a symmetric encryption key makes no MACs.
   *
   * @param _grantee Nobody.
   */
  public grantGenerateMac(_grantee: iam.IGrantable): iam.Grant {
    return this.refuse('generate MACs');
  }

  /**
   * Always an error: a symmetric encryption key verifies no MACs.
   *
   * @param _grantee Nobody.
   */
  public grantVerifyMac(_grantee: iam.IGrantable): iam.Grant {
    return this.refuse('verify MACs');
  }

  private isOfAnotherAccount(grantee: iam.IGrantable): boolean {
    const theirs = grantee.grantPrincipal.principalAccount;
    return theirs !== undefined && Token.compareStrings(theirs, this.env.account) === TokenComparison.DIFFERENT;
  }

  private grantByKeyPolicy(options: iam.GrantWithResourceOptions): iam.Grant {
    Annotations.of(this).addInfo(describeProblem({
      where: 'grant',
      what: 'the key policy alone does not let a principal of another account in',
      given: `account ${options.grantee.grantPrincipal.principalAccount}`,
      remedy: `allow ${options.actions.join(', ')} on the ARN of this key in an IAM policy of that account, too`,
    }));
    const statement = new iam.PolicyStatement({ actions: options.actions, principals: [options.grantee.grantPrincipal], resources: ['*'] });
    return iam.Grant.addStatementToResourcePolicy({ ...options, statement });
  }

  private refuse(verb: string): never {
    throw new Error(describeProblem({
      where: this.node.path,
      what: `a symmetric encryption key cannot ${verb}`,
      remedy: 'use aws_kms.Key with a key spec for that purpose',
    }));
  }
}
