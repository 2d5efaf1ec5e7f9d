import { Arn, ArnFormat, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ManagedKey } from './managed-key';
import { describeProblem } from '../contract/problem';

/**
 * A key that was made elsewhere, by its ARN. What it can do is not known here, so every verb is allowed; its policy is not touched.
 *
 * @internal
 */
export class KeyFromArn extends ManagedKey {
  public readonly keyArn: string;
  public readonly keyId: string;

  /** @internal */
  public readonly _setting = undefined;
  /** @internal */
  protected readonly _policy = undefined;
  /** @internal */
  protected readonly _delegatesToIam = true;
  /** @internal */
  protected readonly _resources = undefined;

  public constructor(scope: Construct, id: string, keyArn: string) {
    super(scope, id, { environmentFromArn: keyArn });
    const { resource, resourceName } = Arn.split(keyArn, ArnFormat.SLASH_RESOURCE_NAME);
    if (!Token.isUnresolved(keyArn) && (resource !== 'key' || resourceName === undefined)) {
      throw new Error(describeProblem({
        where: this.node.path,
        what: 'is not the ARN of a key',
        given: keyArn,
        allowed: 'one that ends in :key/<key id>',
        remedy: 'an alias may name another key tomorrow: find the key that it names with DescribeKey',
      }));
    }
    this.keyArn = keyArn;
    this.keyId = resourceName as string;
  }
}
