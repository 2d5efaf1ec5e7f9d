import { interpretFamily, type KeySighting } from '../../../lambda/key-family/interpret-family';
import type { Tags } from '../../../lambda/ports';

const ALIAS = 'alias/orders';

function aSighting(generation: number, aliases: string[], overrides: Tags = {}): KeySighting {
  return {
    key: {
      keyId: `key-${generation}`,
      keyArn: `arn:aws:kms:eu-central-1:111122223333:key/key-${generation}`,
      state: 'Enabled',
      origin: 'AWS_KMS',
      keySpec: 'SYMMETRIC_DEFAULT',
      createdAt: new Date('2026-01-01T00:00:00Z'),
    },
    aliases,
    tags: {
      'cdk-kms-lifecycle:schema': '1',
      'cdk-kms-lifecycle:family': ALIAS,
      'cdk-kms-lifecycle:generation': String(generation),
      'cdk-kms-lifecycle:state': 'claimed',
      'cdk-kms-lifecycle:phase': 'current',
      ...overrides,
    },
  };
}

test('aliases and tags that agree make a family, the oldest generation first', () => {
  const { family, repairs } = interpretFamily(ALIAS, [aSighting(2, [ALIAS, 'alias/orders/g2']), aSighting(1, ['alias/orders/g1'])]);
  expect(family.generations.map(({ generation }) => generation)).toEqual([1, 2]);
  expect(family.current.generation).toBe(2);
  expect(repairs).toEqual([]);
});

test('a claim whose tag did not follow is completed from the alias', () => {
  const { family, repairs } = interpretFamily(ALIAS, [
    aSighting(1, [ALIAS, 'alias/orders/g1']),
    aSighting(2, ['alias/orders/g2'], { 'cdk-kms-lifecycle:state': 'unclaimed' }),
  ]);
  expect(repairs).toEqual([{ kind: 'tag-as-claimed', keyId: 'key-2' }]);
  expect(family.generations.map(({ generation }) => generation)).toEqual([1, 2]);
});

test('an alias that somebody deleted is restored from the tag', () => {
  const { repairs } = interpretFamily(ALIAS, [aSighting(1, [ALIAS])]);
  expect(repairs).toEqual([{ kind: 'create-alias', keyId: 'key-1', alias: 'alias/orders/g1' }]);
});

test('a key that was never claimed is no generation', () => {
  const { family } = interpretFamily(ALIAS, [
    aSighting(1, [ALIAS, 'alias/orders/g1']),
    aSighting(2, [], { 'cdk-kms-lifecycle:state': 'unclaimed', 'cdk-kms-lifecycle:run': 'run-1' }),
  ]);
  expect(family.generations).toHaveLength(1);
  expect(family.unclaimed).toEqual([expect.objectContaining({ keyId: 'key-2', generation: 2, run: 'run-1' })]);
});

describe('nothing is touched, and the error says where, when', () => {
  const aliased = aSighting(1, [ALIAS, 'alias/orders/g1']);
  test.each<[string, KeySighting[], RegExp]>([
    ['the alias belongs to a key that is not ours',
      [{ ...aliased, tags: {} }], /^alias\/orders: alias belongs to a key that is not a generation .*key-1; choose another alias, or adopt the key/],
    ['a stranger stands under a generation alias',
      [aliased, { ...aSighting(2, ['alias/orders/g2']), tags: {} }], /^alias\/orders\/g2: alias belongs to a key that is not a generation/],
    ['alias and tag name different generations',
      [aliased, aSighting(2, ['alias/orders/g3'])], /says 2, but the key also stands under another alias of the family, got alias\/orders\/g3/],
    ['two keys claim the same generation',
      [aliased, { ...aSighting(1, []), key: { ...aliased.key, keyId: 'twin', keyArn: 'arn:twin' } }], /^alias\/orders\/g1: two keys claim to be this generation/],
    ['the alias names no key', [aSighting(1, ['alias/orders/g1'])], /^alias\/orders: alias names no generation of this family, got none/],
    ['a newer version of this library wrote the tags',
      [aSighting(1, [ALIAS, 'alias/orders/g1'], { 'cdk-kms-lifecycle:schema': '2' })], /of another version of this library, got 2/],
    ['the generation tag is no number',
      [aSighting(1, [ALIAS, 'alias/orders/g1'], { 'cdk-kms-lifecycle:generation': '01' })], /is no number, got 01/],
    ['the phase is unknown',
      [aSighting(1, [ALIAS, 'alias/orders/g1'], { 'cdk-kms-lifecycle:phase': 'asleep' })], /phase is unknown, got asleep/],
  ])('%s', (_, sightings, message) => {
    expect(() => interpretFamily(ALIAS, sightings)).toThrow(expect.objectContaining({ name: 'FamilyContradiction', message: expect.stringMatching(message) }));
  });
});
