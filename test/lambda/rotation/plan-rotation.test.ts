import { aFamilyDescription } from './a-family-description';
import type { Family, Generation } from '../../../lambda/key-family/family';
import { planRotation, type RotationCircumstances } from '../../../lambda/rotation/plan-rotation';

const DESCRIPTION = aFamilyDescription({
  material: { kind: 'secret', secretArn: 'arn:secret', encoding: 'binary', wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_4096' },
});
const QUIET: RotationCircumstances = { offer: { versionId: 'v2', alreadyInUse: false }, activeRuns: ['mine'] };

function aGeneration(generation: number, overrides: Partial<Generation> = {}): Generation {
  return {
    generation, keyId: `k${generation}`, keyArn: `arn:k${generation}`, keyState: 'Enabled', phase: 'current', createdAt: new Date(0), ...overrides,
  };
}

function aFamily(current: number, generations: Generation[], unclaimed: Family['unclaimed'] = []): Family {
  const found = generations.find(({ generation }) => generation === current);
  if (found === undefined) throw new Error('the current generation must exist');
  return { alias: 'alias/orders', current: found, generations, unclaimed };
}

function plan(family: Family, toGeneration: number, circumstances: Partial<RotationCircumstances> = {}) {
  return planRotation(family, DESCRIPTION, { run: 'mine', toGeneration }, { ...QUIET, ...circumstances });
}

test('a rotation leads from every older generation in use to the next number', () => {
  const family = aFamily(3, [aGeneration(1, { emptiedSince: '2026-01-01T00:00:00Z', keyState: 'Disabled' }), aGeneration(2), aGeneration(3)]);
  expect(plan(family, 4)).toEqual({
    kind: 'rotate',
    takeOver: false,
    run: {
      run: 'mine',
      toGeneration: 4,
      from: [{ generation: 2, keyArn: 'arn:k2' }, { generation: 3, keyArn: 'arn:k3' }],
      all: [{ generation: 1, keyArn: 'arn:k1' }, { generation: 2, keyArn: 'arn:k2' }, { generation: 3, keyArn: 'arn:k3' }],
      materialVersion: 'v2',
    },
  });
});

test('an old generation that somebody enabled again is emptied again', () => {
  const family = aFamily(2, [aGeneration(1, { emptiedSince: '2026-01-01T00:00:00Z' }), aGeneration(2)]);
  expect(plan(family, 3)).toMatchObject({ run: { from: [{ generation: 1 }, { generation: 2 }] } });
});

test('what an ended run left behind is taken over', () => {
  const family = aFamily(1, [aGeneration(1), aGeneration(2, { run: 'ended', keyState: 'PendingImport' })]);
  expect(plan(family, 2)).toMatchObject({ takeOver: true, run: { to: { generation: 2, keyArn: 'arn:k2' } } });
});

test('a rotation that was stopped after the alias had moved is taken up again', () => {
  const family = aFamily(2, [aGeneration(1), aGeneration(2, { run: 'ended' })]);
  expect(plan(family, 2)).toMatchObject({ kind: 'rotate', run: { from: [{ generation: 1 }], to: { generation: 2 } } });
});

test('a finished rotation is not done twice, even while the source still offers the bytes in use', () => {
  const family = aFamily(2, [aGeneration(1, { emptiedSince: '2026-01-01T00:00:00Z', keyState: 'Disabled' }), aGeneration(2)]);
  expect(plan(family, 2, { offer: { versionId: 'v2', alreadyInUse: true } })).toEqual({ kind: 'nothing-to-do' });
});

test.each<[string, Family, number, Partial<RotationCircumstances>, string, RegExp]>([
  ['another run has claimed the number and is still at work',
    aFamily(1, [aGeneration(1), aGeneration(2, { run: 'other' })]), 2, { activeRuns: ['other', 'mine'] }, 'NotOurRun', /^alias\/orders\/g2: another run/],
  ['another run is just about to claim the number',
    aFamily(1, [aGeneration(1)], [{ keyId: 'k', keyArn: 'arn:k', generation: 2, run: 'other', createdAt: new Date(0) }]), 2,
    { activeRuns: ['other', 'mine'] }, 'NotOurRun', /another run/],
  ['the source still offers the bytes in use', aFamily(1, [aGeneration(1)]), 2, { offer: { versionId: 'v1', alreadyInUse: true } },
    'BytesDue', /^arn:secret: AWSCURRENT still offers .* got version v1; put 32 new random bytes/],
  ['a number would be skipped', aFamily(1, [aGeneration(1)]), 3, {}, 'InvalidRequest', /got generation 3; allowed: generation 2/],
  ['a number would be used again', aFamily(2, [aGeneration(1), aGeneration(2)]), 1, {}, 'InvalidRequest', /got generation 1; allowed: generation 3/],
])('a rotation does not begin when %s', (_, family, toGeneration, circumstances, name, message) => {
  expect(() => plan(family, toGeneration, circumstances)).toThrow(expect.objectContaining({ name, message: expect.stringMatching(message) }));
});
