import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import type { GenerationPhase } from '../../../src/contract/family/generation-tags';
import { ALIAS, aPolicy, RotatingKeyWorld } from '../../support/world/rotating-key-world';

let world: RotatingKeyWorld;

beforeEach(async () => {
  world = await RotatingKeyWorld.open();
  await world.create();
});
afterEach(async () => world.close());

/** The phase whose key policy each generation has, by number. `unknown`: any other policy. */
async function phasesByPolicy(): Promise<string[]> {
  const phases: GenerationPhase[] = ['current', 'fenced', 'retiring'];
  const { generations } = await world.family();
  return Promise.all(generations.map(async ({ keyId }) => {
    const policy = await world.policy(keyId);
    return phases.find((phase) => generationPolicy(world.description, phase) === policy) ?? 'unknown';
  }));
}

test('an update writes policy by phase, description and tags to every live generation, and does not move the alias', async () => {
  const { current: { keyId: first } } = await world.family();
  await world.tag(first, { 'cdk-kms-lifecycle:phase': 'fenced' });
  const second = await world.addGeneration(2, { 'cdk-kms-lifecycle:phase': 'retiring' });
  const third = await world.addGeneration(3);
  await world.moveAlias(third);
  const aliases = await world.aliases();

  const response = await world.update({
    policyDocument: aPolicy('second'), description: 'orders, again', tags: { team: 'market', tier: '1' },
  });

  expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ALIAS, Data: { AliasName: ALIAS } });
  expect(await phasesByPolicy()).toEqual(['fenced', 'retiring', 'current']);
  for (const keyId of [first, second, third]) {
    expect(await world.key(keyId)).toMatchObject({ Description: 'orders, again' });
    expect(await world.tags(keyId)).toMatchObject({ team: 'market', tier: '1' });
  }
  expect(new Set((await world.family()).generations.map(({ policyRevision }) => policyRevision)).size).toBe(1);
  expect(await world.aliases()).toEqual(aliases);
});

test('a generation that is pending deletion gets the policy, and no tag, which KMS refuses', async () => {
  const pending = await world.addGeneration(2, { 'cdk-kms-lifecycle:phase': 'retiring' });
  const tags = await world.tags(pending);
  await world.scheduleDeletion(pending);
  expect(await world.update({ policyDocument: aPolicy('second') })).toMatchObject({ Status: 'SUCCESS' });
  expect(await world.policy(pending)).toBe(generationPolicy(world.description, 'retiring'));
  expect(await world.tags(pending)).toEqual(tags);
});

test('a generation that a rotation creates during the update, with the old revision, is also updated', async () => {
  let created = false;
  const ports = world.ports(undefined, (client) => client.middlewareStack.add((next, context) => async (args) => {
    const result = await next(args);
    if (context.commandName === 'PutKeyPolicyCommand' && !created) {
      created = true;
      await world.addGeneration(2, { 'cdk-kms-lifecycle:policy-revision': 'of the old policy' });
    }
    return result;
  }, { step: 'initialize' }));

  expect(await world.update({ policyDocument: aPolicy('second') }, {}, ports)).toMatchObject({ Status: 'SUCCESS' });

  expect(await phasesByPolicy()).toEqual(['current', 'current']);
});

test('a generation that a rotation fences during the update is fenced after it', async () => {
  const { current } = await world.family();
  const second = await world.addGeneration(2);
  await world.moveAlias(second);
  let fenced = false;
  const ports = world.ports(undefined, (client) => client.middlewareStack.add((next, context) => async (args) => {
    const result = await next(args);
    if (context.commandName === 'PutKeyPolicyCommand' && !fenced) {
      fenced = true;
      await world.tag(current.keyId, { 'cdk-kms-lifecycle:phase': 'fenced' });
    }
    return result;
  }, { step: 'initialize' }));

  expect(await world.update({ policyDocument: aPolicy('second') }, {}, ports)).toMatchObject({ Status: 'SUCCESS' });

  expect(await phasesByPolicy()).toEqual(['fenced', 'current']);
});

test('an update fails if another principal repeatedly overwrites the policy', async () => {
  const ports = world.ports(undefined, (client) => client.middlewareStack.add((next, context) => async (args) => {
    const result = await next(args);
    if (context.commandName === 'PutKeyPolicyCommand') await world.putPolicy((await world.family()).current.keyId, aPolicy('other'));
    return result;
  }, { step: 'initialize' }));
  const response = await world.update({ policyDocument: aPolicy('second') }, {}, ports);
  expect(response).toMatchObject({
    Status: 'FAILED',
    PhysicalResourceId: ALIAS,
    Reason: expect.stringMatching(/^VerificationFailed: alias\/orders\/g1: .* still differ from what was written/),
  });
});

test('an update that changes nothing writes no policy and no tag', async () => {
  const mark = world.mark;
  await world.update({});
  expect(world.changes(mark)).toEqual(['UpdateKeyDescription']);
});

test('a rollback, which is an update with the old properties, restores policy and tags', async () => {
  const before = world.description;
  const { current: { keyId, policyRevision } } = await world.family();
  await world.update({ policyDocument: aPolicy('second'), tags: { team: 'market' } });

  await world.update(before);

  expect(await world.policy(keyId)).toBe(generationPolicy(before, 'current'));
  expect(await world.tags(keyId)).toMatchObject({ 'team': 'shop', 'cdk-kms-lifecycle:policy-revision': policyRevision });
});

test('a deleted alias of a generation is created again', async () => {
  await world.deleteAlias('alias/orders/g1');
  expect(await world.update({})).toMatchObject({ Status: 'SUCCESS' });
  expect(Object.keys(await world.aliases())).toEqual([ALIAS, 'alias/orders/g1']);
});

test('a tag that is no longer declared stays on the key, and is logged', async () => {
  const { current: { keyId } } = await world.family();
  await world.update({ tags: {} });
  expect(await world.tags(keyId)).toMatchObject({ team: 'shop' });
  expect(world.lines).toContainEqual({ level: 'INFO', event: 'tags-retained', alias: ALIAS, tags: 'team' });
});

test('an update succeeds even if another version of the library wrote the old properties', async () => {
  const response = await world.invoke({
    RequestType: 'Update', PhysicalResourceId: ALIAS, OldResourceProperties: { Family: '{"schema":0}' },
  });
  expect(response).toMatchObject({ Status: 'SUCCESS' });
});

describe('an update that is refused keeps its physical resource id and changes nothing:', () => {
  test.each<[string, () => Parameters<RotatingKeyWorld['update']>[0], RegExp]>([
    ['another alias', () => ({ alias: 'alias/invoices' }),
      /alias of a rotating key cannot be changed.*got alias\/invoices; allowed: alias\/orders/],
    ['a policy that is too large', () => ({ policyDocument: aPolicy('x'.repeat(33_000)) }), /too large, got 3\d{4} bytes/],
    ['a family that another stack has adopted', () => ({ owner: 'Other/Orders' }),
      /already exists and has another owner, got Shop\/Orders/],
  ])('%s', async (_, change, reason) => {
    const mark = world.mark;
    const response = await world.update(change());
    expect(response).toMatchObject({ Status: 'FAILED', PhysicalResourceId: ALIAS, Reason: expect.stringMatching(reason) });
    expect(world.changes(mark)).toEqual([]);
  });

  test('a family whose alias now names a foreign key', async () => {
    const { keyId } = await world.foreignKey();
    await world.moveAlias(keyId);
    const mark = world.mark;
    expect(await world.update({})).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('alias belongs to a key that is not a generation'),
    });
    expect(world.changes(mark)).toEqual([]);
  });
});
