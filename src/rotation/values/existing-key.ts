import { Arn, ArnFormat, Token } from 'aws-cdk-lib';
import { describeProblem } from '../../contract/problem';

/** The shape of a key id. One that begins with `mrk-` belongs to a multi-Region key. */
const SINGLE_REGION_KEY = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A KMS key that people already have, and that a rotating key goes on from. */
export class ExistingKey {
  /**
   * A symmetric KMS key of this account and Region, by its ARN.
   *
   * @param keyArn The ARN of the key: no alias, and no bare key id.
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
   * Why this cannot be; empty when it can, or when it is known only while deploying.
   *
   * @internal
   */
  public _problems(): string[] {
    if (Token.isUnresolved(this.keyArn)) return [];
    const complain = (what: string, remedy: string) => [describeProblem({
      where: 'startFrom', what, given: this.keyArn, allowed: 'the ARN of a symmetric KMS key of a single Region', remedy,
    })];
    const keyId = resourceName(this.keyArn);
    if (keyId?.startsWith('mrk-')) return complain('key is a multi-Region key', 'begin with a new key: leave startFrom out, and re-encrypt what stands under this one');
    if (keyId === undefined || !SINGLE_REGION_KEY.test(keyId)) return complain('text is not the ARN of a key', 'take it from aws kms describe-key');
    return [];
  }
}

function resourceName(arn: string): string | undefined {
  if (!/^arn:[^:]+:kms:[^:]+:[^:]+:key\//.test(arn)) return undefined;
  return Arn.split(arn, ArnFormat.SLASH_RESOURCE_NAME).resourceName;
}
