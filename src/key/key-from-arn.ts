import { Arn, ArnFormat, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ManagedKey } from './managed-key';
import { describeProblem } from '../contract/problem';

/**
 * Existing key, by its ARN. Its spec and usage are unknown, so every grant method is allowed. Its key policy is not
 * changed.
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
        remedy: 'an alias can refer to another key later: find the ARN of its key with DescribeKey',
      }));
    }
    this.keyArn = keyArn;
    this.keyId = resourceName as string;
  }
}
