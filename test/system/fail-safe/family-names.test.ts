import { CreateAliasCommand, CreateKeyCommand, GetKeyPolicyCommand, TagResourceCommand } from '@aws-sdk/client-kms';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { POLICY, tagList } from '../../support/world/create-generation';
import { AccountWorld } from '../rotation/account-world';
import { ALIAS, familyStack } from '../rotation/family-stack';
import { addUser } from '../rotation/stack-changes';

let world: AccountWorld;
afterEach(async () => {
  try {
    expect(await world.unreadableOrders()).toEqual([]);
    expect(await world.encryptsThroughAlias()).toBe(true);
  } finally {
    await world.close();
  }
});

/** A key of another principal, with the tags of the current generation. */
async function copyTags(generation: number, alias?: string): Promise<string> {
  const { tags } = await world.generation(1);
  const { KeyMetadata } = await world.kms.send(new CreateKeyCommand({ Policy: POLICY }));
  const KeyId = KeyMetadata?.KeyId as string;
  await world.kms.send(new TagResourceCommand({ KeyId, Tags: tagList({ ...tags, [GenerationTag.GENERATION]: String(generation) }) }));
  if (alias !== undefined) await world.kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyId }));
  return KeyId;
}

test.each([`${ALIAS}/archive`, `${ALIAS}/gold`, `${ALIAS}/g01`, `${ALIAS}/g1/backup`, `${ALIAS}/g9007199254740991`, `${ALIAS}/g9998`])(
  'another owner has the alias %s: reconcile runs, rotations and deployments continue', async (alias) => {
    world = await AccountWorld.open();
    await world.writeOrders(3);
    const { KeyMetadata } = await world.kms.send(new CreateKeyCommand({}));
    await world.kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: KeyMetadata?.KeyId }));
    await world.live(1);
    expect((await world.rotate()).status).toBe('SUCCEEDED');
    await world.account.deploy(familyStack({ change: addUser }));
    expect((await world.generations()).at(-1)).toBe('2 Enabled current');
  },
);

test('another principal copies the tags of a generation: its key is none, its number is passed over, and the rotation succeeds', async () => {
  world = await AccountWorld.open();
  await world.writeOrders(3);
  await copyTags(2);
  await world.live(1);
  expect((await world.rotate()).status).toBe('SUCCEEDED');
  expect((await world.generations()).at(-1)).toBe('3 Enabled current');
});

test.each<[string, object, object]>([
  ['and the number', {}, {}],
  ['and claims a number that is free', { [GenerationTag.GENERATION]: '2', [GenerationTag.PHASE]: 'next', [GenerationTag.CURRENT_SINCE]: '' }, {}],
  ['and denies our roles every change', { [GenerationTag.GENERATION]: '7' }, { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:root' }],
])('another principal copies the policy and tags of a generation %s: a rotation and a reconcile run succeed', async (_, tags, exempt) => {
  world = await AccountWorld.open();
  await world.writeOrders(2);
  const { keyId, tags: own } = await world.generation(1);
  const { Policy = '' } = await world.kms.send(new GetKeyPolicyCommand({ KeyId: keyId }));
  const gate = Object.keys(exempt).length === 0 ? Policy
    : Policy.replaceAll(/"ArnNotEquals":\{"aws:PrincipalArn":[^}]*\}/g, `"ArnNotEquals":${JSON.stringify(exempt)}`);
  const { KeyMetadata } = await world.kms.send(new CreateKeyCommand({ Policy: gate, Tags: tagList({ ...own, ...tags }) }));
  await world.live(1);
  expect((await world.rotate()).status).toBe('SUCCEEDED');
  expect((await world.readFamily()).current.keyId).not.toBe(KeyMetadata?.KeyId);
});

test('another principal tags its key as unclaimed, and denies our roles every change: reconcile runs succeed', async () => {
  world = await AccountWorld.open();
  const { keyId, tags } = await world.generation(1);
  const { Policy = '' } = await world.kms.send(new GetKeyPolicyCommand({ KeyId: keyId }));
  const denies = { Sid: 'Deny', Effect: 'Deny', Principal: '*', Action: ['kms:DisableKey', 'kms:GetKeyLastUsage'], Resource: '*' };
  const document = JSON.parse(Policy) as { Statement: object[] };
  const forged = JSON.stringify({ ...document, Statement: [...document.Statement, denies] });
  await world.kms.send(new CreateKeyCommand({ Policy: forged, Tags: tagList({ ...tags, [GenerationTag.STATE]: 'unclaimed' }) }));
  await world.live(3);
});

test('another principal names its key as the next generation: the alias does not move to it, and every run names it', async () => {
  world = await AccountWorld.open();
  await world.writeOrders(3);
  const forged = await copyTags(2, `${ALIAS}/g2`);
  await expect(world.live(1)).rejects.toThrow('key policy is not that of a generation');
  const { status } = await world.rotate();
  expect(status).not.toBe('SUCCEEDED');
  expect((await world.readFamily()).current.keyId).not.toBe(forged);
});
