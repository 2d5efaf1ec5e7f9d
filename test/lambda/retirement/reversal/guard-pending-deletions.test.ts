import { DeleteAliasCommand } from '@aws-sdk/client-kms';
import { KmsKeyFamily } from '../../../../lambda/adapters/kms/kms-family';
import { recordStores } from '../../../../lambda/declared-stores/declared-stores';
import { reconcile } from '../../../../lambda/reconcile/reconcile';
import { guardPendingDeletions } from '../../../../lambda/retirement/reversal/guard-pending-deletions';
import type { ReversalPorts } from '../../../../lambda/retirement/reversal/reversal-ports';
import type { FamilyDescription } from '../../../../src/contract/family/family-description';
import { ALIAS, DAY, RetirementWorld } from '../../../support/world/retirement-world';

let world: RetirementWorld;
/** The ports of the control function, as far as these tests use them. */
const ports = (): ReversalPorts => ({
  ...world.ports, kms: new KmsKeyFamily(world.client), clock: { now: () => world.now, sleep: async () => undefined },
});
const guard = () => guardPendingDeletions(world.description, ports());

beforeEach(async () => {
  world = await RetirementWorld.open();
  await world.advanceToPendingWindow();
});
afterEach(async () => world.close());

test('a deletion that can still be counted again continues, and is cancelled three days before its date', async () => {
  world.advance(2 * DAY - 1);
  expect([await guard(), await world.state()]).toEqual([undefined, 'PendingDeletion']);
  world.advance(1);
  expect([await guard(), await world.state()]).toEqual([undefined, 'Disabled']);
});

test('a deletion that was counted again continues until its date', async () => {
  await world.run();
  world.advance(5 * DAY - 1);
  expect([await guard(), await world.state()]).toEqual([undefined, 'PendingDeletion']);
});

describe('a key whose alias was deleted is found', () => {
  beforeEach(async () => {
    await world.client.send(new DeleteAliasCommand({ AliasName: `${ALIAS}/g1` }));
    world.advance(2 * DAY);
  });
  const unavailable = async () => { throw new Error('unavailable'); };

  test('by the evidence of its deletion, if no keys can be listed', async () => {
    const { kms, ...others } = ports();
    await guardPendingDeletions(world.description, { ...others, kms: Object.assign(kms, { listKeyIds: unavailable }) });
    expect(await world.state()).toBe('Disabled');
  });

  test('by its tags, if there is no evidence', async () => {
    const evidence = { list: async () => [], read: async () => undefined };
    await guardPendingDeletions(world.description, { ...ports(), evidence });
    expect(await world.state()).toBe('Disabled');
  });
});

describe('a deletion that was counted again is cancelled', () => {
  beforeEach(async () => {
    await world.run();
    world.advance(4 * DAY);
  });

  test('if the alias of its generation was deleted', async () => {
    await world.client.send(new DeleteAliasCommand({ AliasName: `${ALIAS}/g1` }));
    expect([await guard(), await world.state()]).toEqual([undefined, 'Disabled']);
  });

  test('if a store that was declared is not counted, and not if it is released', async () => {
    const former = { storeId: 'former', tableArn: 'arn:former', dataKeyAttribute: 'dataKey' };
    await recordStores(ALIAS, [former], world.ports);
    const guardWith = async (changes: Partial<FamilyDescription>) => guardPendingDeletions({ ...world.description, ...changes }, ports());
    await guardWith({ releasedStores: [former] });
    expect(await world.state()).toBe('PendingDeletion');
    await guardWith({ releasedStores: [{ ...former, dataKeyAttribute: 'another' }] });
    expect(await world.state()).toBe('Disabled');
  });

  test('if its stores cannot be read from its description', async () => {
    const failure = await guardPendingDeletions({ ...world.description, stores: undefined as never }, ports());
    expect([failure instanceof Error, await world.state()]).toEqual([true, 'Disabled']);
  });
});

test('a call that fails prevents no other, and the first failure is returned', async () => {
  world.advance(2 * DAY);
  const unavailable = async () => { throw new Error('unavailable'); };
  const failure = await guardPendingDeletions(world.description, { ...ports(), evidence: { list: unavailable, read: unavailable } });
  expect([failure, await world.state()]).toEqual([new Error('unavailable'), 'Disabled']);
});

test('a reconcile run checks pending deletions although the family has no current generation', async () => {
  await world.client.send(new DeleteAliasCommand({ AliasName: ALIAS }));
  world.advance(2 * DAY);
  const control = { ...ports(), machines: { runningExecutions: async () => [] } };
  await expect(reconcile(world.description, { rotation: 'r', retirement: 's' }, control as never)).rejects.toThrow(/names no generation/);
  expect(await world.state()).toBe('Disabled');
});
