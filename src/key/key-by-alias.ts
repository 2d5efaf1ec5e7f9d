import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { aliasProblems, fullAliasName } from './alias-name';
import { KeyVerbs } from './key-verbs';

/**
 * A key of this account and Region, made elsewhere, that is known by its alias alone.
 *
 * It is deliberately no `IKey`: the alias may name another key tomorrow, and an id that was noted today would be stale. Programs use the
 * alias; grants land in IAM policies, on whatever key has the alias when somebody asks.
 *
 * A key that gets or loses the alias gains or loses its users with it, which takes up to five minutes. So whoever may move the alias
 * decides who may use which key. Source: "Use aliases to control access to KMS keys", AWS KMS developer guide.
 */
export class KeyByAlias extends KeyVerbs {
  /** The alias, with `alias/` in front. */
  public readonly aliasName: string;

  /** @internal */
  public readonly _setting = undefined;

  /**
   * @param scope Where it is used.
   * @param id Its name there.
   * @param alias The alias; `alias/` in front may be left out. A token has to bring it along.
   */
  public constructor(scope: Construct, id: string, alias: string) {
    super(scope, id);
    this.aliasName = fullAliasName(alias);
    this.node.addValidation({ validate: () => aliasProblems(this.aliasName) });
  }

  /**
   * Lets the grantee call these actions on the key that has the alias, by its own IAM policy. The key policy has to let IAM policies count.
   *
   * It lands nowhere, which the answer tells, for somebody without an IAM policy: only the key policy could name such a one.
   *
   * @param grantee Who may.
   * @param actions KMS actions, such as `kms:Decrypt`.
   */
  public override grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    const anyKey = Stack.of(this).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });

    return iam.Grant.addToPrincipal({
      grantee, actions, resourceArns: [anyKey], conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': this.aliasName } },
    });
  }
}
