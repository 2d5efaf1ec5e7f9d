import { FAMILY_SCHEMA, type FamilyDescription } from '../../../src/contract/family/family-description';

/** A usual declared family, with the members of the test. */
export function aFamilyDescription(overrides: Partial<FamilyDescription> = {}): FamilyDescription {
  return {
    schema: FAMILY_SCHEMA,
    alias: 'alias/orders',
    owner: 'Shop/Orders',
    description: 'orders',
    policyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' }],
    }),
    roles: { control: 'arn:control', worker: 'arn:worker', retirement: 'arn:retirement' },
    material: { kind: 'aws-kms' },
    tags: {},
    stores: [],
    propagationDelaySeconds: 300,
    firstRotationWatchSeconds: 86_400,
    dataKeyMaxAgeSeconds: 3600,
    maxPasses: 5,
    onConsumerFailure: 'roll-back',
    paused: false,
    ...overrides,
  };
}
