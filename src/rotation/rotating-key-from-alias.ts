import { Annotations, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { aliasedUseStatement } from './family/family-access';
import { RotatingKeyBase } from './rotating-key-base';
import { familyAliasProblems } from './rotating-key-problems';
import { describeProblem } from '../contract/problem';
import { fullAliasName, newAliasProblems } from '../key/alias-name';
import { withOwnConditions } from '../permissions/principals/own-conditions';
import { ALIAS } from '../validation/kinds';
import { requireScope, requireArguments } from '../validation/shape';

/** A rotating key that another stack or app declares, known by its alias. */
export class RotatingKeyFromAlias extends RotatingKeyBase {
  public readonly aliasName: string;

  public constructor(scope: Construct, id: string, alias: string) {
    super(requireScope('RotatingKey.fromAliasName', scope, id), id);
    requireArguments(this.node.path, { alias }, { alias: ALIAS });
    this.aliasName = fullAliasName(alias);
    this.node.addValidation({ validate: () => Token.isUnresolved(alias) ? newAliasProblems(alias) : familyAliasProblems(alias) });
  }

  /** @internal */
  protected override _grant(grantee: iam.IGrantable, actions: readonly string[]): iam.Grant {
    const { resources, conditions: ofThisFamily } = aliasedUseStatement(this, this.aliasName, actions);
    const conditions = withOwnConditions(this.node.path, grantee, ofThisFamily);
    const grant = iam.Grant.addToPrincipal({ grantee, actions: [...actions], resourceArns: resources, conditions });
    if (!grant.success) this.warnOfNoPolicy(actions);
    return grant;
  }

  private warnOfNoPolicy(actions: readonly string[]): void {
    Annotations.of(this).addWarningV2('cdk-kms-lifecycle:grant-without-effect', describeProblem({
      where: 'grant',
      what: 'the principal has no IAM policy to which this app can add a statement, so nothing was granted',
      given: actions.join(', '),
      remedy: 'name the principal in `users` where the rotating key is declared, or extend its IAM policy yourself',
    }));
  }
}
