import { completeFamily, interpretFamily, type FoundKey } from '../../../lambda/key-family/interpret-family';
import type { Tags } from '../../../lambda/ports/keys';

const ALIAS = 'alias/orders';
const UNCLAIMED: Tags = { 'cdk-kms-lifecycle:state': 'unclaimed' };

function aFoundKey(generation: number, aliases: string[], overrides: Tags = {}): FoundKey {
  return {
    key: {
      keyId: `key-${generation}`,
      keyArn: `arn:aws:kms:eu-central-1:111122223333:key/key-${generation}`,
      state: 'Enabled',
      origin: 'AWS_KMS',
      keySpec: 'SYMMETRIC_DEFAULT',
      keyUsage: 'ENCRYPT_DECRYPT',
      keyManager: 'CUSTOMER',
      multiRegion: false,
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
  const { register, repairs } = interpretFamily(ALIAS, [aFoundKey(2, [ALIAS, 'alias/orders/g2']), aFoundKey(1, ['alias/orders/g1'])]);
  expect(register.generations.map(({ generation }) => generation)).toEqual([1, 2]);
  expect(completeFamily(register).current.generation).toBe(2);
  expect(repairs).toEqual([]);
});

test('a claim without its tag is completed from the alias', () => {
  const { register, repairs } = interpretFamily(ALIAS, [
    aFoundKey(1, [ALIAS, 'alias/orders/g1']),
    aFoundKey(2, ['alias/orders/g2'], UNCLAIMED),
  ]);
  expect(repairs).toEqual([{ kind: 'tag-as-claimed', keyId: 'key-2' }]);
  expect(register.generations.map(({ generation }) => generation)).toEqual([1, 2]);
});

test('a deleted alias is restored from the tag', () => {
  const { repairs } = interpretFamily(ALIAS, [aFoundKey(1, [ALIAS])]);
  expect(repairs).toEqual([{ kind: 'create-alias', keyId: 'key-1', alias: 'alias/orders/g1' }]);
});

test('an unclaimed key is not a generation', () => {
  const { register } = interpretFamily(ALIAS, [
    aFoundKey(1, [ALIAS, 'alias/orders/g1']),
    aFoundKey(2, [], { ...UNCLAIMED, 'cdk-kms-lifecycle:run': 'run-1', 'cdk-kms-lifecycle:owner': 'Shop/Orders' }),
  ]);
  expect(register.generations).toHaveLength(1);
  expect(register.unclaimed).toEqual([expect.objectContaining({ keyId: 'key-2', generation: 2, run: 'run-1', owner: 'Shop/Orders' })]);
});

test('an unclaimed key that is tagged as an orphan is not listed as unclaimed', () => {
  const since = '2026-01-02T00:00:00.000Z';
  const { register } = interpretFamily(ALIAS, [aFoundKey(2, [], { ...UNCLAIMED, 'cdk-kms-lifecycle:disabled-since': since })]);
  expect(register).toMatchObject({ unclaimed: [], orphans: [{ keyId: 'key-2', keyState: 'Enabled', orphanedSince: since }] });
});

test('a generation has the values of its tags, and an empty tag counts as not set', () => {
  const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
  const { register: { generations: [generation] } } = interpretFamily(ALIAS, [aFoundKey(1, ['alias/orders/g1'], {
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
  const pendingDeletion = (found: FoundKey): FoundKey => ({ ...found, key: { ...found.key, state: 'PendingDeletion' } });

  test('belongs to the family and is not repaired, because KMS refuses tags and aliases for it', () => {
    const { register, repairs } = interpretFamily(ALIAS, [
      pendingDeletion(aFoundKey(1, [])),
      pendingDeletion(aFoundKey(2, ['alias/orders/g2'], UNCLAIMED)),
      aFoundKey(3, [ALIAS, 'alias/orders/g3']),
    ]);
    expect(register.generations.map(({ generation, keyState }) => [generation, keyState])).toEqual([
      [1, 'PendingDeletion'], [2, 'PendingDeletion'], [3, 'Enabled'],
    ]);
    expect(repairs).toEqual([]);
  });

  test('is current only if the alias names it', () => {
    const named = pendingDeletion(aFoundKey(1, [ALIAS, 'alias/orders/g1']));
    expect(completeFamily(interpretFamily(ALIAS, [named]).register).current.generation).toBe(1);
    expect(interpretFamily(ALIAS, [pendingDeletion(aFoundKey(1, ['alias/orders/g1']))]).register.current).toBeUndefined();
  });

  test('is ignored if it was never claimed', () => {
    const { register } = interpretFamily(ALIAS, [pendingDeletion(aFoundKey(2, [], UNCLAIMED))]);
    expect(register).toMatchObject({ generations: [], unclaimed: [], orphans: [] });
  });
});

describe('the family is not interpreted, and the error names the place, if', () => {
  const aliased = aFoundKey(1, [ALIAS, 'alias/orders/g1']);
  test.each<[string, FoundKey[], RegExp]>([
    ['the alias belongs to a foreign key',
      [{ ...aliased, tags: {} }],
      /^alias\/orders: alias belongs to a key that is not a generation .*key-1; choose another alias, or adopt the key/],
    ['an alias of a generation belongs to a foreign key',
      [aliased, { ...aFoundKey(2, ['alias/orders/g2']), tags: {} }], /^alias\/orders\/g2: alias belongs to a key that is not a generation/],
    ['alias and tag name different generations',
      [aliased, aFoundKey(2, ['alias/orders/g3'])], /is 2, but the key also has another alias of the family, got alias\/orders\/g3/],
    ['two keys have the number of the same generation',
      [aliased, { ...aFoundKey(1, []), key: { ...aliased.key, keyId: 'other', keyArn: 'arn:other' } }],
      /^alias\/orders\/g1: two keys have the number of this generation/],
    ['the alias names no key', [aFoundKey(1, ['alias/orders/g1'])], /^alias\/orders: alias names no generation of this family, got none/],
    ['a newer version of this library wrote the tags',
      [aFoundKey(1, [ALIAS, 'alias/orders/g1'], { 'cdk-kms-lifecycle:schema': '2' })], /of another version of this library, got 2/],
    ['the generation tag is not a number',
      [aFoundKey(1, [ALIAS, 'alias/orders/g1'], { 'cdk-kms-lifecycle:generation': '01' })], /is not a number, got 01/],
    ['the phase is unknown',
      [aFoundKey(1, [ALIAS, 'alias/orders/g1'], { 'cdk-kms-lifecycle:phase': 'asleep' })], /phase is unknown, got asleep/],
  ])('%s', (_, keys, message) => {
    const error = expect.objectContaining({ name: 'FamilyContradiction', message: expect.stringMatching(message) });
    expect(() => completeFamily(interpretFamily(ALIAS, keys).register)).toThrow(error);
  });
});
