import { Annotations, Stack, type TagManager } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { type BoundMaterial } from './family/generation-material';
import { rotatingKeyProblems } from './rotating-key-problems';
import { type RotatingKeySettings } from './rotating-key-settings';
import { describeProblem } from '../contract/problem';
import { type BoundStore } from '../stores/binding/bound-store';

/** The parts of a rotating key that are checked. */
export interface CheckedParts {
  readonly settings: RotatingKeySettings;
  readonly stores: readonly BoundStore[];
  readonly evidence: s3.IBucket;
  readonly tags: TagManager;
  /** The declared key policy. Grants extend it until the app is synthesized. */
  readonly policy: iam.PolicyDocument;
  readonly material: BoundMaterial;
}

/** Reports all problems of a rotating key when the app is synthesized, and warns if it has no store. */
export function checkAtSynthesis(scope: Construct, { policy, material, ...parts }: CheckedParts): void {
  const policyText = () => JSON.stringify(Stack.of(scope).resolve(policy));
  scope.node.addValidation({ validate: () => [...rotatingKeyProblems({ ...parts, policyText: policyText() }), ...material.problems] });
  if (parts.stores.length === 0) warnOfNoStores(scope);
}

function warnOfNoStores(scope: Construct): void {
  Annotations.of(scope).addWarningV2('cdk-kms-lifecycle:no-stores', describeProblem({
    where: 'stores',
    what: 'no store is declared, so a rotation re-encrypts nothing, and data keys stay encrypted under old generations',
    remedy: 'declare each store of data keys, with DataKeyStore',
  }));
}
