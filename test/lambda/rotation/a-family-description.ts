import type { FamilyDescription } from '../../../src/contract/family-description';

/** A family as somebody might declare it; a test names what matters to it. */
export function aFamilyDescription(overrides: Partial<FamilyDescription> = {}): FamilyDescription {
  return {
    alias: 'alias/orders',
    owner: 'Shop/Orders',
    description: 'orders',
    policyDocument: '{"Statement":[]}',
    policyRevision: 'r1',
    material: { kind: 'aws-kms' },
    tags: {},
    stores: [],
    settleSeconds: 300,
    dataKeyReuseSeconds: 3600,
    maximumPasses: 5,
    ...overrides,
  };
}
