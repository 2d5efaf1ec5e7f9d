import type { Family } from '../../../lambda/key-family/family';
import { newKey } from '../../../lambda/key-family/new-generation';
import { decideClaim } from '../../../lambda/rotation/steps/create-generation';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import type { RotationRun } from '../../../src/contract/runs/rotation-run';
import { aFamily, aGeneration, aNext } from '../../support/world/a-family';
import { aFamilyDescription } from '../../support/world/a-family-description';
import { ControlWorld } from '../../support/world/control-world';

const RUN: RotationRun = { run: 'mine', kind: 'rotate', toGeneration: 2, from: [], others: [], shards: [], watchSeconds: 300, nextCheckSeconds: 60 };

const unclaimedBy = (run: string) =>
  aFamily(1, [aGeneration(1)], [{ keyId: 'left', keyArn: 'arn:left', generation: 2, run, createdAt: new Date(0) }]);
const decide = (family: Family, activeRuns: string[]) => decideClaim(family, aFamilyDescription(), RUN, activeRuns, new Date(0));

test.each<[string, Family, string[], string, string | undefined]>([
  ['no key exists: a key is created', aFamily(1, [aGeneration(1)]), ['mine'], 'create-and-claim', undefined],
  ['this run has created a key', unclaimedBy('mine'), ['mine'], 'claim', 'left'],
  ['an ended run has created a key, which proves nothing', unclaimedBy('ended'), ['mine'], 'create-and-claim', undefined],
  [
    'another active run has created a key: both try to claim the number, and one succeeds',
    unclaimedBy('other'),
    ['mine', 'other'],
    'create-and-claim',
    undefined,
  ],
  ['this run has claimed the number', aFamily(1, [aGeneration(1), aNext(2, { run: 'mine' })]), ['mine'], 'claim', 'k2'],
  ['an ended run has claimed the number', aFamily(1, [aGeneration(1), aNext(2)]), ['mine'], 'claim', 'k2'],
  ['this run has moved the alias', aFamily(2, [aGeneration(1), aGeneration(2, { run: 'mine' })]), ['mine'], 'none', 'k2'],
])('%s', (_, family, activeRuns, kind, keyId) => {
  const action = decide(family, activeRuns);
  expect([action.kind, action.kind === 'create-and-claim' ? undefined : action.keyId]).toEqual([kind, keyId]);
});

test.each<[string, Family]>([
  ['has claimed while it runs', aFamily(1, [aGeneration(1), aNext(2, { run: 'other' })])],
  ['has made current', aFamily(2, [aGeneration(1), aGeneration(2, { run: 'ended' })])],
])('a number that another run %s is left unchanged', (_, family) => {
  expect(() => decide(family, ['mine', 'other'])).toThrow(
    expect.objectContaining({ name: 'RunSuperseded', message: expect.stringMatching(/^alias\/orders\/g2/) }),
  );
});

describe('with the local KMS', () => {
  let world: ControlWorld;
  beforeEach(async () => {
    world = await ControlWorld.open({ tags: { team: 'shop' } });
  });
  afterEach(() => world.close());

  test('a key of a stopped attempt of the same run is claimed', async () => {
    const planned = await world.plan('run-1');
    const { keyArn } = await world.ports.kms.createKey(newKey(world.description, { generation: 2, run: planned.run }, new Date(0)));
    const run = await world.performAll(planned, ['create-generation', 'pre-flight']);
    expect(run.to).toEqual({ generation: 2, keyArn });
    expect(run.generations).toEqual({ current: keyArn, all: [(await world.generation(1)).keyArn, keyArn] });
    expect((await world.generation(2)).tags).toMatchObject({
      team: 'shop',
      [GenerationTag.STATE]: 'claimed',
      [GenerationTag.RUN]: run.run,
    });
  });

  test('of two runs that create the same generation, one succeeds and the other is superseded', async () => {
    const [one, other] = [await world.plan('run-1'), await world.plan('run-2')];
    world.running.push('run-1');
    const outcomes = await Promise.allSettled([world.perform(one, 'create-generation'), world.perform(other, 'create-generation')]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { name: 'RunSuperseded' } });
    expect((await world.family()).generations).toHaveLength(2);
  });
});
