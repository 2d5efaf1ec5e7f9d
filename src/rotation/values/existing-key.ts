import { Arn, ArnFormat, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { describeProblem } from '../../contract/problem';
import { listOf, TEXT } from '../../validation/kinds';
import { requireSameEnvironment } from '../../validation/same-environment';
import { objectOf, optional, requireArguments, type Shape } from '../../validation/shape';

/** Pattern of a key id. The id of a multi-Region key begins with `mrk-`. */
const SINGLE_REGION_KEY = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Options of `ExistingKey.fromArn`. */
export interface ExistingKeyOptions {
  /**
   * Principals that the key policy of the existing key names, and that may lose the access that it allows them. Each is
   * the text of the policy: an ARN, an account id, or `*` for all of them.
   *
   * The adoption replaces the key policy by that of the rotating key. **A principal that only the former policy allows
   * to use the key loses access at that moment.** The former policy is stored in the evidence bucket before, under
   * `adoptions/`.
   *
   * @default - none: the deployment fails, and names each principal that would lose an action. An administrator cannot
   * use the key, so add it to `users` if it does
   */
  readonly principalsToDrop?: string[];

  /**
   * Name of the stack that owned the key and no longer declares it. AWS CloudFormation leaves its tag
   * `aws:cloudformation:stack-name` on the key, so the deployment cannot know that the stack has released it.
   *
   * @default - the deployment fails if this tag names another stack than that of the rotating key
   */
  readonly releasedBy?: string;
}

const OPTIONS: Shape<ExistingKeyOptions> = { principalsToDrop: optional(listOf(TEXT)), releasedBy: optional(TEXT) };

/** An existing KMS key to adopt as generation 0 of a rotating key. */
export class ExistingKey {
  /**
   * Symmetric single-Region KMS key of this account and Region, by its ARN.
   *
   * @param keyArn The ARN of the key. An alias or a key id without ARN is not accepted.
   * @param options What the adoption may change.
   */
  public static fromArn(keyArn: string, options: ExistingKeyOptions = {}): ExistingKey {
    requireArguments('ExistingKey.fromArn', { keyArn, options }, { keyArn: TEXT, options: objectOf(OPTIONS) });
    return new ExistingKey(keyArn, options);
  }

  /** The ARN of the key. */
  public readonly keyArn: string;

  /** @internal */
  public readonly _releasedBy?: string;

  private readonly principalsToDrop: readonly string[];

  private constructor(keyArn: string, { principalsToDrop = [], releasedBy }: ExistingKeyOptions) {
    this.keyArn = keyArn;
    this.principalsToDrop = principalsToDrop;
    this._releasedBy = releasedBy;
  }

  /** @internal */
  public _principalsToDrop(): string[] | undefined {
    return this.principalsToDrop.length === 0 ? undefined : [...this.principalsToDrop];
  }

  /**
   * Throws if the key is in another account or Region than the rotating key that adopts it.
   *
   * @internal
   */
  public _requireSameEnvironment(scope: Construct): void {
    requireSameEnvironment(scope, { where: `${scope.node.path}, startFrom`, what: 'key', arn: this.keyArn });
  }

  /**
   * Reports why the ARN cannot be used. Empty if it can, or if it is known only during deployment.
   *
   * @internal
   */
  public _problems(): string[] {
    if (Token.isUnresolved(this.keyArn)) return [];
    const problem = (what: string, remedy: string) => [describeProblem({
      where: 'startFrom', what, given: this.keyArn, allowed: 'the ARN of a symmetric KMS key of a single Region', remedy,
    })];
    const keyId = resourceName(this.keyArn);
    if (keyId?.startsWith('mrk-')) {
      const remedy = 'start with a new key: remove startFrom, and re-encrypt what is encrypted under this key';
      return problem('key is a multi-Region key', remedy);
    }
    if (keyId === undefined || !SINGLE_REGION_KEY.test(keyId)) {
      return problem('keyArn is not the ARN of a KMS key', 'copy it from the output of aws kms describe-key');
    }
    return [];
  }
}

function resourceName(arn: string): string | undefined {
  if (!/^arn:[^:]+:kms:[^:]+:[^:]+:key\//.test(arn)) return undefined;
  return Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME).resourceName;
}
