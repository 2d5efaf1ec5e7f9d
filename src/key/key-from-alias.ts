import { Annotations, CfnResource, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { aliasProblems, fullAliasName } from './alias-name';
import type { IKeyAlias } from './key-alias';
import { KeyVerbs } from './key-verbs';
import { ROTATING_KEY_RESOURCE_TYPE } from '../contract/family/rotating-key-resource';
import { describeProblem } from '../contract/problem';
import { withOwnConditions } from '../permissions/principals/own-conditions';
import { ALIAS } from '../validation/kinds';
import { GRANT_ARGUMENTS, requireScope, requireArguments } from '../validation/shape';
import { refuseToBeAKey } from '../validation/without-key-id';

/**
 * Existing key known only by its alias. Grants are IAM policy statements with a condition on the alias.
 *
 * @internal
 */
export class KeyFromAlias extends KeyVerbs implements IKeyAlias {
  public readonly aliasName: string;

  /** @internal */
  public readonly _setting = undefined;

  public constructor(scope: Construct, id: string, alias: string) {
    super(requireScope('CustomerManagedKey.fromAliasName', scope, id), id);
    requireArguments(this.node.path, { alias }, { alias: ALIAS });
    this.aliasName = fullAliasName(alias);
    refuseToBeAKey(this, 'an alias has no key id, because it can refer to another key later',
      'use aliasName in applications, and CustomerManagedKey.fromKeyArn, or the key itself, as the key of a resource');
    // Checked after everything is declared: the rotating key may be declared later than this reference.
    this.node.addValidation({
      validate: () => {
        if (this.isAliasOfRotatingKey()) this.warnOfRotatingKey();
        return aliasProblems(alias);
      },
    });
  }

  public override grant(grantee: iam.IGrantable, ...actions: string[]): iam.Grant {
    requireArguments(`${this.node.path}, grant`, { grantee, actions }, GRANT_ARGUMENTS);
    const anyKey = Stack.of(this).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });

    const ofThisAlias = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': this.aliasName } };

    return iam.Grant.addToPrincipal({
      grantee, actions, resourceArns: [anyKey], conditions: withOwnConditions(this.node.path, grantee, ofThisAlias),
    });
  }

  /** Only a rotating key of the same app can be found. */
  private isAliasOfRotatingKey(): boolean {
    return this.node.root.node.findAll().some((each) =>
      CfnResource.isCfnResource(each) && each.cfnResourceType === ROTATING_KEY_RESOURCE_TYPE && this.isHere(each)
      && each.node.scopes.some((owner: IConstruct & { readonly aliasName?: unknown }) => owner.aliasName === this.aliasName));
  }

  private isHere(other: Construct): boolean {
    const [own, its] = [Stack.of(this), Stack.of(other)];
    return [[own.account, its.account], [own.region, its.region]]
      .every(([one = '', another = '']) => Token.compareStrings(one, another) !== TokenComparison.DIFFERENT);
  }

  private warnOfRotatingKey(): void {
    Annotations.of(this).addWarningV2('cdk-kms-lifecycle:alias-of-rotating-key', describeProblem({
      where: 'alias',
      what: 'is the alias of a rotating key, and these grants cover only its current generation: older records get AccessDenied',
      given: this.aliasName,
      remedy: 'use RotatingKey.fromAliasName, which covers every generation',
    }));
  }
}
