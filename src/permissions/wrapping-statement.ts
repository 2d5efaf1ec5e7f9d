import * as iam from 'aws-cdk-lib/aws-iam';
import { KeyActions } from './key-actions';
import { keyStatement } from './key-statements';

/** Encryption of key material for its transport to KMS. */
export interface Wrapping {
  readonly algorithm: string;
  readonly keySpec: string;
}

/**
 * The condition keys for wrapping exist for one action only. In a statement with other actions they would never match.
 */
export function wrappingStatement(sid: string, grantee: iam.IGrantable, { algorithm, keySpec }: Wrapping): iam.PolicyStatement {
  return keyStatement(sid, grantee, KeyActions.WRAP_MATERIAL, {
    StringEquals: { 'kms:WrappingAlgorithm': algorithm, 'kms:WrappingKeySpec': keySpec },
  });
}
