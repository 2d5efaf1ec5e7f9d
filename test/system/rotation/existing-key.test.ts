import { CreateAliasCommand } from '@aws-sdk/client-kms';
import { AccountWorld } from './account-world';
import { ALIAS, familyStack, type FamilyStackOptions } from './family-stack';
import { failAfterwards, plainKey, stackBefore } from './stack-changes';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { ExistingKey } from '../../../src/index';

const OTHER_ALIAS = 'alias/others';

let world: AccountWorld;
let keyArn: string;

const withRotatingKey = ({ props, ...options }: FamilyStackOptions = {}) =>
  familyStack({ ...options, props: { startFrom: ExistingKey.fromArn(keyArn), ...props } });

beforeEach(async () => {
  world = await AccountWorld.open({}, stackBefore(plainKey));
  keyArn = world.stack.resourcesOfType('AWS::KMS::Key')[0]?.resolved.attributes.Arn as string;
  await world.writeOrders(6);
});

/** After each test every data key can be decrypted, and the alias encrypts. */
afterEach(async () => {
  try {
    await world.writeOrders(1);
    expect(await world.unreadableOrders()).toEqual([]);
  } finally {
    await world.close();
  }
});

async function currentKey(): Promise<string | undefined> {
  return (await new KmsKeyFamily(world.kms).describeKey(ALIAS))?.keyArn;
}

test('the second deployment removes key and alias from the template, and the same key becomes generation 0', async () => {
  await world.account.deploy(withRotatingKey());
  expect(world.stack.resourcesOfType('AWS::KMS::Key')).toEqual([]);
  expect([await currentKey(), await world.generations()]).toEqual([keyArn, ['0 Enabled current']]);
  expect((await world.generation(0)).tags[GenerationTag.ORIGIN]).toBe('adopted');
  expect(['CreateKey', 'UpdateAlias', 'DeleteAlias', 'ScheduleKeyDeletion'].map((operation) => world.countCalls(operation))).toEqual([
    1, 0, 0, 0,
  ]);
});

test('the first rotation replaces generation 0 while the application writes, and retirement deletes it like any other generation', async () => {
  await world.account.deploy(withRotatingKey());
  const write = () => world.application.writeOrder();
  for (const state of ['CreateGeneration', 'MoveAlias', 'Fence', 'ReEncrypt', 'Census']) world.atState(state, write);
  await world.live(93, write);
  // The stage of its retirement at this time depends on a second.
  expect(await world.generations()).toEqual([expect.stringMatching(/^0 (Enabled|Disabled) (fenced|retiring)$/), '1 Enabled current']);
  await world.live(20, write);
  expect(await world.generations()).toEqual(['1 Enabled current']);
  expect(await new KmsKeyFamily(world.kms).describeKey(keyArn)).toBeUndefined();
  expect(world.certificates()).toMatchObject([{ generation: 0, keyArn, total: { underOldGeneration: 0 } }]);
  expect(new Set(await world.checkOrders())).toEqual(new Set(['intact']));
});

test('without deletion, generation 0 is kept permanently, fenced', async () => {
  await world.account.deploy(withRotatingKey({ props: { deletion: undefined } }));
  await world.live(120);
  expect(await world.generations()).toEqual(['0 Enabled fenced', '1 Enabled current']);
  expect(world.countCalls('ScheduleKeyDeletion')).toBe(0);
});

test('a failed second deployment is rolled back, alias and key state are unchanged, and the next deployment continues', async () => {
  await expect(world.account.deploy(withRotatingKey({ change: failAfterwards }))).rejects.toThrow('Doomed');
  expect([await currentKey(), world.countCalls('ScheduleKeyDeletion')]).toEqual([keyArn, 0]);
  expect(world.stack.resourcesOfType('AWS::KMS::Key')).toHaveLength(1);
  await world.writeOrders(2);
  await world.account.deploy(withRotatingKey());
  await world.live(93);
  expect(new Set(await world.checkOrders())).toEqual(new Set(['intact']));
});

describe('refused, with no change:', () => {
  const deployElsewhere = (alias: string) => world.account.deploy(withRotatingKey({ stackName: 'Other', props: { alias } }));

  test('a key that is a generation of another family', async () => {
    await world.account.deploy(withRotatingKey());
    await world.breakGlass.send(new CreateAliasCommand({ AliasName: OTHER_ALIAS, TargetKeyId: keyArn }));
    const before = [world.countCalls('TagResource'), world.countCalls('PutKeyPolicy'), world.countCalls('CreateAlias')];
    await expect(deployElsewhere(OTHER_ALIAS)).rejects.toThrow('generation of another family');
    expect([world.countCalls('TagResource'), world.countCalls('PutKeyPolicy'), world.countCalls('CreateAlias')]).toEqual(before);
  });

  test('the same family a second time, declared by another stack', async () => {
    await world.account.deploy(withRotatingKey());
    const { owner } = await world.generation(0);
    await expect(deployElsewhere(ALIAS)).rejects.toThrow(`adoptFrom: '${owner}'`);
    expect((await world.generation(0)).owner).toBe(owner);
  });

  test('a key that the alias does not name', async () => {
    await expect(deployElsewhere(OTHER_ALIAS)).rejects.toThrow('alias does not name the key');
    expect(world.countCalls('TagResource')).toBe(0);
  });
});
