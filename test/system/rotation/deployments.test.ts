import { DeleteAliasCommand, GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { Duration } from 'aws-cdk-lib';
import { ALIAS, familyStack, type FamilyStackOptions } from './family-stack';
import { FamilyWorld } from './family-world';
import { addUser, askForDeletion, failAfterwards, type Change } from './stack-changes';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { policyRevision } from '../../../lambda/key-family/policy/policy-revision';
import { saySame } from '../../../lambda/key-family/policy/same-policy';
import type { LocalStack } from '../../../local/cloudformation/local-stack';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { RotationSchedule } from '../../../src/index';

const ORDERS = 9;

let world: FamilyWorld;

async function openWithOrders(options: FamilyStackOptions = {}): Promise<void> {
  world = await FamilyWorld.open(options);
  await world.writeOrders(ORDERS);
}

/** Whatever happened: every data key can be read, nothing is on its way out, and applications go on. */
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

/** Deploys, and sees to it that no alias moves. */
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

/** Whether every generation stands under what is declared, by its policy as well as by its tags. */
async function expectDeclared(description: FamilyDescription = declared()): Promise<void> {
  for (const { keyId, phase, owner, tags } of (await world.readFamily()).generations) {
    expect([owner, tags[GenerationTag.POLICY_REVISION]]).toEqual([description.owner, policyRevision(description)]);
    expect(saySame(await new KmsKeyFamily(world.kms).getKeyPolicy(keyId), generationPolicy(description, phase))).toBe(true);
  }
}

async function expectRotated(): Promise<void> {
  const [old, ...others] = await world.generations();
  expect(old).toMatch(/^1 (Enabled|Disabled) (fenced|retiring)$/);
  expect(others).toEqual(['2 Enabled current']);
  expect(new Set(await world.checkOrders())).toEqual(new Set(['intact']));
}

describe('while a rotation is under way', () => {
  test.each(['CreateGeneration', 'PreflightControl', 'MoveAlias', 'WaitAfterMove', 'Fence', 'ProbeFence', 'ReEncrypt', 'Census', 'ConcludeRotation'])(
    'a user is let in at %s: the run stops where it is or goes on, and the next tick finishes what was begun', async (state) => {
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
    },
  );

  test('another schedule does not disturb it', async () => {
    await openWithOrders();
    world.atState('WaitAfterMove', () => deploy({ props: { schedule: RotationSchedule.every(Duration.days(30)) } }));
    expect((await world.rotate()).status).toBe('SUCCEEDED');
    await expectRotated();
  });

  test('an update that fails brings back the policy that was, and the next tick finishes what was begun', async () => {
    await openWithOrders();
    world.atState('Fence', () => expect(deploy({ change: (...all) => [addUser, failAfterwards].forEach((change) => change(...all)) })).rejects.toThrow('Doomed'));
    await world.rotate();
    await world.live(2);
    await expectNothingScheduled();
    await expectRotated();
    await expectDeclared();
  });

  test('the construct gets another name: the old run ends, and the new owner finishes what it began', async () => {
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

describe('a construct with another name, or in another stack', () => {
  test.each<[string, FamilyStackOptions]>([['name', { constructId: 'Renamed' }], ['stack', { stackName: 'Other' }]])(
    'is refused by another %s, and is told how to take over on purpose; it leaves nothing behind', async (_, options) => {
      await openWithOrders();
      const [keys, { owner }] = [world.countCalls('CreateKey'), declared()];
      await expect(deploy(options)).rejects.toThrow(`adoptFrom: '${owner}'`);
      expect(world.countCalls('CreateKey')).toBe(keys);
      expect(world.countCalls('PutKeyPolicy')).toBe(1);
      await expectNothingScheduled();
      await expectDeclared();
      await world.live(95);
      expect(await world.generations()).toEqual(expect.arrayContaining(['2 Enabled current']));
    },
  );

  test('takes over on purpose, and the Delete of the old one touches nothing', async () => {
    await openWithOrders({ change: askForDeletion });
    await deploy({ constructId: 'Renamed', props: { adoptFrom: declared().owner } });
    expect(world.lines.join()).toContain('family-belongs-to-another');
    await expectNothingScheduled();
    await expectDeclared();
    await world.live(92);
    await expectRotated();
  });

  test.each([true, false])('that takes over and is taken back leaves key and alias where they are (used: %s), and gives way again', async (used) => {
    world = await FamilyWorld.open();
    if (used) await world.writeOrders(ORDERS);
    const [mine, theirs] = [declared().owner, { stackName: 'Other', props: { adoptFrom: declared().owner }, change: failAfterwards }];
    await expect(deploy(theirs)).rejects.toThrow('Doomed');
    await expectNothingScheduled();

    // Who looks after it is for a person to say again: two stacks have claimed it.
    const { owner = '' } = await world.generation(1);
    expect(owner).not.toBe(mine);
    await expect(world.live(1)).rejects.toThrow(`adoptFrom: '${owner}'`);
    await deploy({ props: { adoptFrom: owner } });
    await expectDeclared();
    await world.live(92);
    expect(await world.generations()).toEqual(expect.arrayContaining(['2 Enabled current']));
    await expectNothingScheduled();
  });
});

describe('what somebody has taken away comes back', () => {
  const deleteAlias = () => world.kms.send(new DeleteAliasCommand({ AliasName: `${ALIAS}/g1` }));

  test('an alias of a generation, with the next tick', async () => {
    await openWithOrders();
    const before = await aliases();
    await deleteAlias();
    await world.live(1);
    expect(await aliases()).toEqual(before);
  });

  test('an alias of a generation, with the next deployment', async () => {
    await openWithOrders();
    const before = await aliases();
    await deleteAlias();
    await world.account.deploy(familyStack({ change: addUser }));
    expect(await aliases()).toEqual(before);
  });

  test('a role that was deleted and made again, which KMS shows by the id of the one before, with the next tick', async () => {
    await openWithOrders();
    const { keyId } = await world.generation(1);
    const { Policy = '' } = await world.kms.send(new GetKeyPolicyCommand({ KeyId: keyId }));
    const [service = ''] = /arn:aws:iam::\d+:role\/Shop-Service[^"]*/.exec(Policy) ?? [];
    // KMS takes such an id from nobody: it only shows it.
    const { kms } = world.account.laptop;
    kms.restore(JSON.parse(JSON.stringify(kms.snapshot()).replaceAll(service, 'AROAEXAMPLEOFAROLE000')));
    expect((await world.kms.send(new GetKeyPolicyCommand({ KeyId: keyId }))).Policy).toContain('AROAEXAMPLEOFAROLE000');
    await world.live(1);
    await expectDeclared();
  });
});

describe('when a stack goes', () => {
  const state = async (keyId: string) => (await new KmsKeyFamily(world.kms).describeKey(keyId))?.state;

  test.each<[string, Change | undefined]>([['as it is', undefined], ['with the Delete asked for', askForDeletion]])(
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

  test('a generation that nobody has used goes with its aliases, if the Delete is asked for', async () => {
    world = await FamilyWorld.open({ change: askForDeletion });
    const { keyId } = await world.generation(1);
    await world.stack.delete();
    expect([await aliases(), await state(keyId)]).toEqual([[], 'PendingDeletion']);
  });

  test('the first deployment is taken back with all that it made; the second begins anew', async () => {
    world = await FamilyWorld.open({ props: { alias: 'alias/others' } });
    const before = world.countCalls('CreateKey');
    await expect(world.account.deploy(familyStack({ stackName: 'First', change: failAfterwards }))).rejects.toThrow('Doomed');
    expect(await aliases()).toEqual([]);
    expect([world.countCalls('CreateKey') - before, world.countCalls('ScheduleKeyDeletion')]).toEqual([1, 1]);
    await world.account.deploy(familyStack({ stackName: 'Second' }));
    expect(await world.generations()).toEqual(['1 PendingDeletion fenced', '2 Enabled current']);
  });
});

test('an update that fails leaves policy and tags as they were', async () => {
  await openWithOrders();
  await world.rotate();
  const owner = declared();
  await expect(deploy({ change: (...all) => [addUser, failAfterwards].forEach((change) => change(...all)) })).rejects.toThrow('Doomed');
  await expectDeclared(owner);
  await expectNothingScheduled();
});
