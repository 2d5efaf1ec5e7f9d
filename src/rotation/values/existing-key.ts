import { Arn, ArnFormat, Token } from 'aws-cdk-lib';
import { describeProblem } from '../../contract/problem';

/** Pattern of a key id. The id of a multi-Region key begins with `mrk-`. */
const SINGLE_REGION_KEY = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** An existing KMS key to adopt as generation 0 of a rotating key. */
export class ExistingKey {
  /**
   * Symmetric single-Region KMS key of this account and Region, by its ARN.
   *
   * @param keyArn The ARN of the key. An alias or a key id without ARN is not accepted.
   */
  public static fromArn(keyArn: string): ExistingKey {
    return new ExistingKey(keyArn);
  }

  /** The ARN of the key. */
  public readonly keyArn: string;

  private constructor(keyArn: string) {
    this.keyArn = keyArn;
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
