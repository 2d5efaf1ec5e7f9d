import type { RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { aliasOwnerProblems } from './alias/alias-owners';
import { fullAliasName, newAliasProblems } from './alias-name';

/** Key and its aliases, which share one removal policy. */
export class KeyAndAliases {
  private readonly aliases: kms.CfnAlias[];

  /** @param alias the alias as it was given, with or without the prefix */
  public constructor(
    scope: Construct, private readonly key: kms.CfnKey | kms.CfnReplicaKey, alias: string, public removalPolicy: RemovalPolicy,
  ) {
    const resource = new kms.CfnAlias(scope, 'Alias', { aliasName: fullAliasName(alias), targetKeyId: key.attrArn });
    this.aliases = [resource];
    scope.node.addValidation({ validate: () => [...newAliasProblems(alias), ...aliasOwnerProblems(resource)] });
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
