import * as iam from 'aws-cdk-lib/aws-iam';
import { type Construct } from 'constructs';
import type { GenerationMaterial } from '../../contract/family/family-description';
import { describeProblem } from '../../contract/problem';
import { WRAPPING_KEY_SPEC } from '../../contract/requests/import-request';
import type { KeyMaterialSource } from '../../material/key-material-source';
import { WrappingAlgorithm } from '../../material/wrapping-algorithm';
import type { Wrapping } from '../../permissions/wrapping-statement';

/** The source of the key material of a family, after it has been bound. */
export interface BoundMaterial {
  readonly description: GenerationMaterial;
  /** Optional: without it, no key material is imported. */
  readonly wrapping?: Wrapping;
  /** The permissions that must exist before the first generation is created. */
  readonly permissions: iam.Grant[];
  readonly problems: string[];
}

/** Allows the control role to read the key material of each new generation, if it is imported. */
export function bindMaterial(scope: Construct, source: KeyMaterialSource | undefined, control: iam.IGrantable): BoundMaterial {
  if (source === undefined) return { description: { kind: 'aws-kms' }, permissions: [], problems: [] };
  const { secretArn, encoding, secretVersionId, permissions, problems } = source._bind(scope, control);
  const wrapping = { algorithm: WrappingAlgorithm.RSAES_OAEP_SHA_256, keySpec: WRAPPING_KEY_SPEC };
  return {
    description: { kind: 'secret', secretArn, encoding, wrappingAlgorithm: wrapping.algorithm, wrappingKeySpec: wrapping.keySpec },
    wrapping,
    permissions,
    problems: secretVersionId === undefined ? problems : [...problems, describeProblem({
      where: 'material',
      what: 'every generation needs its own key material, and a version of a secret always has the same',
      given: `version ${secretVersionId}`,
      remedy: 'remove versionId, and store new key material in the secret before a rotation is due',
    })],
  };
}
