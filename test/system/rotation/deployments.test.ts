import { DeleteAliasCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { Duration } from 'aws-cdk-lib';
import { AccountWorld } from './account-world';
import { ALIAS, familyStack, type FamilyStackOptions } from './family-stack';
import { addUser, requestDeletion, failAfterwards, type Change } from './stack-changes';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { policyRevision } from '../../../lambda/key-family/policy/policy-revision';
import { isSamePolicy } from '../../../lambda/key-family/policy/same-policy';
import type { LocalStack } from '../../../local/cloudformation/local-stack';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { RotationSchedule } from '../../../src/index';

const ORDERS = 9;

let world: AccountWorld;

async function openWithOrders(options: FamilyStackOptions = {}): Promise<void> {
  world = await AccountWorld.open(options);
  await world.writeOrders(ORDERS);
}

/** After each test every data key can be decrypted, nothing is pending deletion, and the alias encrypts. */
afterEach(async () => {
  try {
    expect(await world.unreadableOrders()).toEqual([]);
  } finally {
    await world.close();
  }
});

async function expectNothingScheduled(): Promise<void> {
  expect(world.countCalls('ScheduleKeyDeletion')).toBe(0);
  expect(await world.encryptsThroughAlias()).toBe(true);
}

/** Deploys, and expects that no alias moves. */
async function deploy(options: FamilyStackOptions): Promise<LocalStack> {
  const before = await aliases();
  try {
    return await world.account.deploy(familyStack(options));
  } finally {
    expect(await aliases()).toEqual(before);
  }
}

async function aliases(): Promise<string[]> {
  return (await new KmsKeyFamily(world.kms).listAliases(ALIAS)).map(({ aliasName, keyId }) => `${aliasName} ${keyId}`).sort();
}

function declared(stack: LocalStack = world.stack): FamilyDescription {
  return JSON.parse(String(stack.resourcesOfType('Custom::RotatingKey')[0]?.properties.Family)) as FamilyDescription;
}

/** Whether policy and tags of every generation are the declared ones. */
async function expectDeclared(description: FamilyDescription = declared()): Promise<void> {
  for (const { keyId, phase, owner, tags } of (await world.readFamily()).generations) {
    expect([owner, tags[GenerationTag.POLICY_REVISION]]).toEqual([description.owner, policyRevision(description)]);
    expect(isSamePolicy(await new KmsKeyFamily(world.kms).getKeyPolicy(keyId), generationPolicy(description, phase))).toBe(true);
  }
}

async function expectRotated(): Promise<void> {
  const [old, ...others] = await world.generations();
  expect(old).toMatch(/^1 (Enabled|Disabled) (fenced|retiring)$/);
  expect(others).toEqual(['2 Enabled current']);
  expect(new Set(await world.checkOrders())).toEqual(new Set(['intact']));
}

describe('while a rotation is under way', () => {
  test.each([
    'CreateGeneration',
    'PreflightControl',
    'MoveAlias',
    'WaitAfterMove',
    'Fence',
    'ProbeFence',
    'ReEncrypt',
    'Census',
    'ConcludeRotation',
  ])('a user is added at %s: the run stops or continues, and the next reconcile run finishes it', async (state) => {
    await openWithOrders();
    world.atState(state, () => deploy({ change: addUser }));
    const { result } = await world.rotate();
    expect([undefined, 'RunSuperseded']).toContain(result?.error);
    await expectNothingScheduled();
    await world.writeOrders(2);
    await world.live(2);
    await expectRotated();
    await expectDeclared();
    expect(world.countCalls('UpdateAlias')).toBe(1);
  });

  test('another schedule does not disturb it', async () => {
    await openWithOrders();
    world.atState('WaitAfterMove', () => deploy({ props: { schedule: RotationSchedule.every(Duration.days(30)) } }));
    expect((await world.rotate()).status).toBe('SUCCEEDED');
    await expectRotated();
  });

  test('a failed update restores the former policy, and the next reconcile run finishes the rotation', async () => {
    await openWithOrders();
    world.atState('Fence', () =>
      expect(deploy({ change: (...all) => [addUser, failAfterwards].forEach((change) => change(...all)) })).rejects.toThrow('Doomed'),
    );
    await world.rotate();
    await world.live(2);
    await expectNothingScheduled();
    await expectRotated();
    await expectDeclared();
  });

  test('the construct gets another id: the old run ends, and the new owner finishes the rotation', async () => {
    await openWithOrders();
    const from = declared().owner;
    world.atState('ReEncrypt', () => deploy({ constructId: 'Renamed', props: { adoptFrom: from } }));
    expect((await world.rotate()).status).not.toBe('SUCCEEDED');
    await world.live(2);
    await expectNothingScheduled();
    await expectRotated();
    await expectDeclared();
  });
});

describe('a construct with another id, or in another stack', () => {
  test.each<[string, FamilyStackOptions]>([['name', { constructId: 'Renamed' }], ['stack', { stackName: 'Other' }]])(
    'with another %s is refused, with the remedy in the error, and leaves nothing behind', async (_, options) => {
      await openWithOrders();
      const [keys, { owner }] = [world.countCalls('CreateKey'), declared()];
      await expect(deploy(options)).rejects.toThrow(`adoptFrom: '${owner}'`);
      expect(world.countCalls('CreateKey')).toBe(keys);
      expect(world.countCalls('PutKeyPolicy')).toBe(0);
      await expectNothingScheduled();
      await expectDeclared();
      await world.live(95);
      expect(await world.generations()).toEqual(expect.arrayContaining(['2 Enabled current']));
    },
  );

  test('adopts the family with adoptFrom, and the Delete of the former owner changes nothing', async () => {
    await openWithOrders({ change: requestDeletion });
    await deploy({ constructId: 'Renamed', props: { adoptFrom: declared().owner } });
    expect(world.lines.join()).toContain('family-has-other-owner');
    await expectNothingScheduled();
    await expectDeclared();
    await world.live(92);
    await expectRotated();
  });

  test('adopts the family, the former owner fails and names it, and takes it back with adoptFrom; both can be repeated', async () => {
    await openWithOrders();
    const mine = declared().owner;
    for (let turn = 0; turn < 2; turn++) {
      // A template that is the same as before is no update, so the error asks for another description.
      const other = await deploy({ stackName: 'Other', props: { adoptFrom: mine, description: `turn ${turn}` } });
      const theirs = declared(other).owner;
      expect((await world.generation(1)).owner).toBe(theirs);
      await expect(world.live(1)).rejects.toThrow(`adoptFrom: '${theirs}'`);

      await deploy({ props: { adoptFrom: theirs } });
      expect((await world.generation(1)).owner).toBe(mine);
      await expectDeclared();
      // The property that was needed once stays, or is removed with another change, which is no rollback.
      await deploy({ props: { description: `returned ${turn}` } });
      await expectDeclared();
    }
    await expectNothingScheduled();
  });

  test('adopts the family, and the former owner can roll back an update that is refused', async () => {
    await openWithOrders();
    const theirs = declared(await deploy({ stackName: 'Other', props: { adoptFrom: declared().owner } })).owner;
    for (const props of [{ description: 'other' }, { adoptFrom: 'Third/Key' }]) {
      await expect(deploy({ props })).rejects.toThrow('already exists and has another owner');
      expect(world.stack.isRolledBack).toBe(true);
    }
    expect((await world.generation(1)).owner).toBe(theirs);
  });

  test.each([true, false])(
    'that adopts and is rolled back returns policies and owner to the construct that stays, which continues (used: %s)',
    async (used) => {
      world = await AccountWorld.open();
      if (used) await world.writeOrders(ORDERS);
      const [mine, theirs] = [declared().owner, { stackName: 'Other', props: { adoptFrom: declared().owner }, change: failAfterwards }];
      await expect(deploy(theirs)).rejects.toThrow('Doomed');
      await expectNothingScheduled();

      expect((await world.generation(1)).owner).toBe(mine);
      await expectDeclared();
      await world.live(92);
      expect(await world.generations()).toEqual(expect.arrayContaining(['2 Enabled current']));
      await expectNothingScheduled();
    },
  );
});

describe('a reconcile run or a deployment restores', () => {
  const deleteAlias = () => world.breakGlass.send(new DeleteAliasCommand({ AliasName: `${ALIAS}/g1` }));

  test('a deleted alias of a generation, in the next reconcile run', async () => {
    await openWithOrders();
    const before = await aliases();
    await deleteAlias();
    await world.live(1);
    expect(await aliases()).toEqual(before);
  });

  test('a deleted alias of a generation, in the next deployment', async () => {
    await openWithOrders();
    const before = await aliases();
    await deleteAlias();
    await world.account.deploy(familyStack({ change: addUser }));
    expect(await aliases()).toEqual(before);
  });

  test('the policy after a role was deleted and created again, whose former unique id KMS shows, in the next reconcile run', async () => {
    await openWithOrders();
    const { keyId } = await world.generation(1);
    const { Policy = '' } = await world.kms.send(new GetKeyPolicyCommand({ KeyId: keyId }));
    const [service = ''] = /arn:aws:iam::\d+:role\/Shop-Service[^"]*/.exec(Policy) ?? [];
    // KMS shows such an id and accepts it in no request.
    const { kms } = world.account.laptop;
    kms.restore(JSON.parse(JSON.stringify(kms.snapshot()).replaceAll(service, 'AROAEXAMPLEOFAROLE000')));
    expect((await world.kms.send(new GetKeyPolicyCommand({ KeyId: keyId }))).Policy).toContain('AROAEXAMPLEOFAROLE000');
    await world.live(1);
    await expectDeclared();
  });
});

describe('when a stack is deleted', () => {
  const state = async (keyId: string) => (await new KmsKeyFamily(world.kms).describeKey(keyId))?.state;

  test.each<[string, Change | undefined]>([['as it is', undefined], ['with removal policy DESTROY', requestDeletion]])(
    'used generations stay, with their aliases, %s', async (_, change) => {
      await openWithOrders({ change });
      await world.rotate();
      const before = await aliases();
      await world.stack.delete();
      expect(world.stack.resourcesOfType('Custom::RotatingKey')).toEqual([]);
      expect(await aliases()).toEqual(before);
      await expectNothingScheduled();
    },
  );

  test('a generation that KMS shows as never used stays, with its aliases, also with removal policy DESTROY', async () => {
    world = await AccountWorld.open({ change: requestDeletion });
    const { keyId } = await world.generation(1);
    const before = await aliases();
    await world.stack.delete();
    expect([await aliases(), await state(keyId)]).toEqual([before, 'Enabled']);
  });

  test('the key of a first deployment that is rolled back stays, and another stack continues with it', async () => {
    world = await AccountWorld.open({ props: { alias: 'alias/others' } });
    await expect(world.account.deploy(familyStack({ stackName: 'First', change: failAfterwards }))).rejects.toThrow('Doomed');
    expect(world.countCalls('ScheduleKeyDeletion')).toBe(0);
    const { owner } = await world.generation(1);
    await world.account.deploy(familyStack({ stackName: 'Second', props: { adoptFrom: owner } }));
    expect(await world.generations()).toEqual(['1 Enabled current']);
  });
});

test('a failed update leaves policy and tags unchanged', async () => {
  await openWithOrders();
  await world.rotate();
  const owner = declared();
  await expect(deploy({ change: (...all) => [addUser, failAfterwards].forEach((change) => change(...all)) })).rejects.toThrow('Doomed');
  await expectDeclared(owner);
  await expectNothingScheduled();
});

test.each([
  ['a minute later', 60_000, 'delivered again after a later one'],
  ['hours later', 2 * 3_600_000, 'delivered too late'],
])('an event of a deployment that is delivered again, %s, does not restore what a later deployment removed', async (_, later, reason) => {
  await openWithOrders();
  await deploy({ change: addUser });
  await world.account.runFor(30_000);
  await deploy({});
  const policies = await world.readFamily();
  await world.account.runFor(later);
  const updates: object[] = [];
  const responses = await world.account.deliverAgain((event) => {
    if (event.RequestType !== 'Update') return false;
    updates.push(event);
    return updates.length === 1;
  });
  expect(responses).toEqual([expect.objectContaining({ Status: 'FAILED', Reason: expect.stringContaining(reason) })]);
  expect((await world.readFamily()).generations.map(({ tags }) => tags)).toEqual(policies.generations.map(({ tags }) => tags));
});
