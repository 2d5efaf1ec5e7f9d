import * as iam from 'aws-cdk-lib/aws-iam';
import { KeyActions } from './key-actions';
import { keyStatement } from './key-statements';

/** How key material is encrypted on its way into KMS. */
export interface Wrapping {
  readonly algorithm: string;
  readonly keySpec: string;
}

/** The condition keys of wrapping exist on one action only; beside any other action they would match nothing, and allow nothing. */
export function wrappingStatement(sid: string, grantee: iam.IGrantable, { algorithm, keySpec }: Wrapping): iam.PolicyStatement {
  return keyStatement(sid, grantee, KeyActions.WRAP_MATERIAL, {
    StringEquals: { 'kms:WrappingAlgorithm': algorithm, 'kms:WrappingKeySpec': keySpec },
  });
}
