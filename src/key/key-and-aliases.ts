import type { RemovalPolicy } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** A key and its names, which leave the stack, or stay, together. */
export class KeyAndAliases {
  private readonly aliases: kms.CfnAlias[];

  public constructor(
    scope: Construct, private readonly key: kms.CfnKey | kms.CfnReplicaKey, aliasNames: readonly string[], public removalPolicy: RemovalPolicy,
  ) {
    this.aliases = aliasNames.map((aliasName, index) =>
      new kms.CfnAlias(scope, index === 0 ? 'Alias' : `Alias${index + 1}`, { aliasName, targetKeyId: key.attrArn }));
    this.applyRemovalPolicy(removalPolicy);
  }

  /** A name that came later stays as long as the others. */
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
