import type { RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { aliasOwnerProblems } from './alias/alias-owners';
import { newAliasProblems } from './alias-name';

/** Key and its aliases, which share one removal policy. */
export class KeyAndAliases {
  private readonly aliases: kms.CfnAlias[];

  public constructor(
    scope: Construct, private readonly key: kms.CfnKey | kms.CfnReplicaKey, aliasName: string, public removalPolicy: RemovalPolicy,
  ) {
    const alias = new kms.CfnAlias(scope, 'Alias', { aliasName, targetKeyId: key.attrArn });
    this.aliases = [alias];
    scope.node.addValidation({ validate: () => [...newAliasProblems(aliasName), ...aliasOwnerProblems(alias)] });
    this.applyRemovalPolicy(removalPolicy);
  }

  /** An alias that is added later gets the removal policy of the others. */
  public add(resource: kms.CfnAlias): void {
    resource.applyRemovalPolicy(this.removalPolicy);
    this.aliases.push(resource);
  }

  public applyRemovalPolicy(policy: RemovalPolicy): void {
    this.removalPolicy = policy;
    for (const resource of [this.key, ...this.aliases]) resource.applyRemovalPolicy(policy);
  }
}
