import * as iam from 'aws-cdk-lib/aws-iam';
import { type Construct } from 'constructs';
import type { GenerationMaterial } from '../../contract/family/family-description';
import { describeProblem } from '../../contract/problem';
import { WRAPPING_KEY_SPEC } from '../../contract/requests/import-request';
import type { KeyMaterialSource } from '../../material/key-material-source';
import { WrappingAlgorithm } from '../../material/wrapping-algorithm';
import type { Wrapping } from '../../permissions/wrapping-statement';

/** Where a family's material comes from, once that is bound. */
export interface BoundMaterial {
  readonly description: GenerationMaterial;
  /** Absent: nothing comes from outside. */
  readonly wrapping?: Wrapping;
  /** In place before the first generation is made. */
  readonly permissions: iam.Grant[];
  readonly problems: string[];
}

/** Lets the control role read the material of each new generation, if it comes from outside. */
export function bindMaterial(scope: Construct, source: KeyMaterialSource | undefined, control: iam.IGrantable): BoundMaterial {
  if (source === undefined) return { description: { kind: 'aws-kms' }, permissions: [], problems: [] };
  const { secretArn, encoding, secretVersionId, permissions } = source._bind(scope, control);
  const wrapping = { algorithm: WrappingAlgorithm.RSAES_OAEP_SHA_256.algorithmName, keySpec: WRAPPING_KEY_SPEC };
  return {
    description: { kind: 'secret', secretArn, encoding, wrappingAlgorithm: wrapping.algorithm, wrappingKeySpec: wrapping.keySpec },
    wrapping,
    permissions,
    problems: secretVersionId === undefined ? [] : [describeProblem({
      where: 'material',
      what: 'every generation wants bytes of its own, and a version always gives the same',
      given: `version ${secretVersionId}`,
      remedy: 'leave versionId out, and put new bytes into the secret before a rotation is due',
    })],
  };
}
