import type { RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** Key and its aliases, which share one removal policy. */
export class KeyAndAliases {
  private readonly aliases: kms.CfnAlias[];

  public constructor(
    scope: Construct, private readonly key: kms.CfnKey | kms.CfnReplicaKey, aliasName: string, public removalPolicy: RemovalPolicy,
  ) {
    this.aliases = [new kms.CfnAlias(scope, 'Alias', { aliasName, targetKeyId: key.attrArn })];
    this.applyRemovalPolicy(removalPolicy);
  }

  /** An alias that is added later gets the removal policy of the others. */
  public add(alias: kms.Alias): void {
    const resource = alias.node.defaultChild as kms.CfnAlias;
    resource.applyRemovalPolicy(this.removalPolicy);
    this.aliases.push(resource);
  }

  public applyRemovalPolicy(policy: RemovalPolicy): void {
    this.removalPolicy = policy;
    for (const resource of [this.key, ...this.aliases]) resource.applyRemovalPolicy(policy);
  }
}
