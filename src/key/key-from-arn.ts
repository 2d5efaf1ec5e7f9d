import { Arn, ArnFormat, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ManagedKey } from './managed-key';
import { describeProblem } from '../contract/problem';
import { TEXT } from '../validation/kinds';
import { requireScope, requireArguments } from '../validation/shape';

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
    super(requireScope('CustomerManagedKey.fromKeyArn', scope, id), id, {
      environmentFromArn: requireKeyArn(`${scope.node.path}/${id}`, keyArn),
    });
    this.keyArn = keyArn;
    this.keyId = Arn.split(keyArn, ArnFormat.SLASH_RESOURCE_NAME).resourceName as string;
  }
}

/** Throws if the text is not the ARN of a key. A token is left for the deployment to check. */
function requireKeyArn(where: string, keyArn: string): string {
  requireArguments(where, { keyArn }, { keyArn: TEXT });
  if (Token.isUnresolved(keyArn) || /^arn:[^:]+:kms:[^:]+:[^:]+:key\/[^/]+$/.test(keyArn)) return keyArn;
  throw new Error(describeProblem({
    where,
    what: 'is not the ARN of a key',
    given: keyArn,
    allowed: 'one that ends in :key/<key id>',
    remedy: 'an alias can refer to another key later: find the ARN of its key with DescribeKey',
  }));
}
