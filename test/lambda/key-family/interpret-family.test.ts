import { completeFamily, interpretFamily, type KeySighting } from '../../../lambda/key-family/interpret-family';
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
  const { register, repairs } = interpretFamily(ALIAS, [aSighting(2, [ALIAS, 'alias/orders/g2']), aSighting(1, ['alias/orders/g1'])]);
  expect(register.generations.map(({ generation }) => generation)).toEqual([1, 2]);
  expect(completeFamily(register).current.generation).toBe(2);
  expect(repairs).toEqual([]);
});

test('a claim whose tag did not follow is completed from the alias', () => {
  const { register, repairs } = interpretFamily(ALIAS, [
    aSighting(1, [ALIAS, 'alias/orders/g1']),
    aSighting(2, ['alias/orders/g2'], { 'cdk-kms-lifecycle:state': 'unclaimed' }),
  ]);
  expect(repairs).toEqual([{ kind: 'tag-as-claimed', keyId: 'key-2' }]);
  expect(register.generations.map(({ generation }) => generation)).toEqual([1, 2]);
});

test('an alias that somebody deleted is restored from the tag', () => {
  const { repairs } = interpretFamily(ALIAS, [aSighting(1, [ALIAS])]);
  expect(repairs).toEqual([{ kind: 'create-alias', keyId: 'key-1', alias: 'alias/orders/g1' }]);
});

test('a key that was never claimed is no generation', () => {
  const { register } = interpretFamily(ALIAS, [
    aSighting(1, [ALIAS, 'alias/orders/g1']),
    aSighting(2, [], { 'cdk-kms-lifecycle:state': 'unclaimed', 'cdk-kms-lifecycle:run': 'run-1', 'cdk-kms-lifecycle:owner': 'Shop/Orders' }),
  ]);
  expect(register.generations).toHaveLength(1);
  expect(register.unclaimed).toEqual([expect.objectContaining({ keyId: 'key-2', generation: 2, run: 'run-1', owner: 'Shop/Orders' })]);
});

test('one that was set aside is claimed by nobody any more', () => {
  const since = '2026-01-02T00:00:00.000Z';
  const { register } = interpretFamily(ALIAS, [aSighting(2, [], { 'cdk-kms-lifecycle:state': 'unclaimed', 'cdk-kms-lifecycle:disabled-since': since })]);
  expect(register).toMatchObject({ unclaimed: [], orphans: [{ keyId: 'key-2', keyState: 'Enabled', setAsideSince: since }] });
});

test('a generation tells everything that its tags say, and an emptied tag says nothing', () => {
  const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
  const { register: { generations: [generation] } } = interpretFamily(ALIAS, [aSighting(1, ['alias/orders/g1'], {
    'cdk-kms-lifecycle:phase': 'retiring',
    'cdk-kms-lifecycle:run': 'run-1',
    'cdk-kms-lifecycle:owner': 'Shop/Orders',
    'cdk-kms-lifecycle:policy-revision': 'r1',
    'cdk-kms-lifecycle:material-version': 'v1',
    'cdk-kms-lifecycle:current-since': at(1),
    'cdk-kms-lifecycle:fenced-since': at(2),
    'cdk-kms-lifecycle:emptied-since': at(3),
    'cdk-kms-lifecycle:certified-since': at(4),
    'cdk-kms-lifecycle:disabled-since': at(5),
    'cdk-kms-lifecycle:recounted-at': '',
    'team': 'shop',
  })]);
  expect(generation).toMatchObject({
    phase: 'retiring',
    run: 'run-1',
    owner: 'Shop/Orders',
    policyRevision: 'r1',
    materialVersion: 'v1',
    currentSince: at(1),
    fencedSince: at(2),
    emptiedSince: at(3),
    certifiedSince: at(4),
    disabledSince: at(5),
    tags: { team: 'shop' },
  });
  expect(generation?.recountedAt).toBeUndefined();
});

describe('a key that is pending deletion', () => {
  const going = (sighting: KeySighting): KeySighting => ({ ...sighting, key: { ...sighting.key, state: 'PendingDeletion' } });

  test('still belongs to the family, and is not mended: KMS takes neither tag nor alias for it', () => {
    const { register, repairs } = interpretFamily(ALIAS, [
      going(aSighting(1, [])), going(aSighting(2, ['alias/orders/g2'], { 'cdk-kms-lifecycle:state': 'unclaimed' })), aSighting(3, [ALIAS, 'alias/orders/g3']),
    ]);
    expect(register.generations.map(({ generation, keyState }) => [generation, keyState])).toEqual([
      [1, 'PendingDeletion'], [2, 'PendingDeletion'], [3, 'Enabled'],
    ]);
    expect(repairs).toEqual([]);
  });

  test('is current only if the alias names it', () => {
    expect(completeFamily(interpretFamily(ALIAS, [going(aSighting(1, [ALIAS, 'alias/orders/g1']))]).register).current.generation).toBe(1);
    expect(interpretFamily(ALIAS, [going(aSighting(1, ['alias/orders/g1']))]).register.current).toBeUndefined();
  });

  test('and was never claimed is gone already', () => {
    const { register } = interpretFamily(ALIAS, [going(aSighting(2, [], { 'cdk-kms-lifecycle:state': 'unclaimed' }))]);
    expect(register).toMatchObject({ generations: [], unclaimed: [], orphans: [] });
  });
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
    expect(() => completeFamily(interpretFamily(ALIAS, sightings).register)).toThrow(expect.objectContaining({ name: 'FamilyContradiction', message: expect.stringMatching(message) }));
  });
});
