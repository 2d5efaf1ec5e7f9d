import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import type { GenerationPhase } from '../../../src/contract/family/generation-tags';
import { ALIAS, aPolicy, RotatingKeyWorld } from '../../support/world/rotating-key-world';

let world: RotatingKeyWorld;

beforeEach(async () => {
  world = await RotatingKeyWorld.open();
  await world.create();
});
afterEach(async () => world.close());

/** Under which phase's policy each generation stands, by number; `unknown` for a policy that is nobody's. */
async function phasesByPolicy(): Promise<string[]> {
  const phases: GenerationPhase[] = ['current', 'fenced', 'retiring'];
  const { generations } = await world.family();
  return Promise.all(generations.map(async ({ keyId }) => {
    const policy = await world.policy(keyId);
    return phases.find((phase) => generationPolicy(world.description, phase) === policy) ?? 'unknown';
  }));
}

test('policy, description and tags reach every live generation, each by its phase, and the alias stays', async () => {
  const { current: { keyId: first } } = await world.family();
  await world.tag(first, { 'cdk-kms-lifecycle:phase': 'fenced' });
  const second = await world.addGeneration(2, { 'cdk-kms-lifecycle:phase': 'retiring' });
  const third = await world.addGeneration(3);
  await world.moveAlias(third);
  const aliases = await world.aliases();

  const answer = await world.update({ policyDocument: aPolicy('second'), description: 'orders, again', tags: { team: 'market', tier: '1' } });

  expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ALIAS, Data: { AliasName: ALIAS } });
  expect(await phasesByPolicy()).toEqual(['fenced', 'retiring', 'current']);
  for (const keyId of [first, second, third]) {
    expect(await world.key(keyId)).toMatchObject({ Description: 'orders, again' });
    expect(await world.tags(keyId)).toMatchObject({ team: 'market', tier: '1' });
  }
  expect(new Set((await world.family()).generations.map(({ policyRevision }) => policyRevision)).size).toBe(1);
  expect(await world.aliases()).toEqual(aliases);
});

test('a generation that is pending deletion is left alone: KMS would refuse', async () => {
  const gone = await world.addGeneration(2);
  const policy = await world.policy(gone);
  await world.scheduleDeletion(gone);
  expect(await world.update({ policyDocument: aPolicy('second') })).toMatchObject({ Status: 'SUCCESS' });
  expect(await world.policy(gone)).toBe(policy);
});

test('what a rotation makes meanwhile under the old revision is brought up to date, too', async () => {
  let made = false;
  const ports = world.ports(undefined, (client) => client.middlewareStack.add((next, context) => async (args) => {
    const result = await next(args);
    if (context.commandName === 'PutKeyPolicyCommand' && !made) {
      made = true;
      await world.addGeneration(2, { 'cdk-kms-lifecycle:policy-revision': 'of the old policy' });
    }
    return result;
  }, { step: 'initialize' }));

  expect(await world.update({ policyDocument: aPolicy('second') }, {}, ports)).toMatchObject({ Status: 'SUCCESS' });

  expect(await phasesByPolicy()).toEqual(['current', 'current']);
});

test('a fence that a rotation puts up meanwhile is standing in the end', async () => {
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

test('somebody who goes on writing another policy is told about, after a while', async () => {
  const ports = world.ports(undefined, (client) => client.middlewareStack.add((next, context) => async (args) => {
    const result = await next(args);
    if (context.commandName === 'PutKeyPolicyCommand') await world.putPolicy((await world.family()).current.keyId, aPolicy('stranger'));
    return result;
  }, { step: 'initialize' }));
  const answer = await world.update({ policyDocument: aPolicy('second') }, {}, ports);
  expect(answer).toMatchObject({ Status: 'FAILED', PhysicalResourceId: ALIAS, Reason: expect.stringMatching(/^VerificationFailed: alias\/orders\/g1: .* do not stay/) });
});

test('an update that changes nothing writes no policy and no tag', async () => {
  const mark = world.mark;
  await world.update({});
  expect(world.changes(mark)).toEqual(['UpdateKeyDescription']);
});

test('a rollback is an update with the old properties, and brings back what was', async () => {
  const before = world.description;
  const { current: { keyId, policyRevision } } = await world.family();
  await world.update({ policyDocument: aPolicy('second'), tags: { team: 'market' } });

  await world.update(before);

  expect(await world.policy(keyId)).toBe(generationPolicy(before, 'current'));
  expect(await world.tags(keyId)).toMatchObject({ 'team': 'shop', 'cdk-kms-lifecycle:policy-revision': policyRevision });
});

test('an alias of a generation that somebody has deleted comes back', async () => {
  await world.deleteAlias('alias/orders/g1');
  expect(await world.update({})).toMatchObject({ Status: 'SUCCESS' });
  expect(Object.keys(await world.aliases())).toEqual([ALIAS, 'alias/orders/g1']);
});

test('a tag that is declared no more stays, and the log says so', async () => {
  const { current: { keyId } } = await world.family();
  await world.update({ tags: {} });
  expect(await world.tags(keyId)).toMatchObject({ team: 'shop' });
  expect(world.lines).toContainEqual({ level: 'INFO', event: 'tags-left-in-place', alias: ALIAS, tags: 'team' });
});

test('properties that another version of the library wrote do not keep an update from being done', async () => {
  const answer = await world.ask({ RequestType: 'Update', PhysicalResourceId: ALIAS, OldResourceProperties: { Family: '{"schema":0}' } });
  expect(answer).toMatchObject({ Status: 'SUCCESS' });
});

describe('what is refused keeps its name and changes nothing:', () => {
  test.each<[string, () => Parameters<RotatingKeyWorld['update']>[0], RegExp]>([
    ['another alias', () => ({ alias: 'alias/invoices' }), /alias of a rotating key cannot be changed.*got alias\/invoices; allowed: alias\/orders/],
    ['a policy that is too large', () => ({ policyDocument: aPolicy('x'.repeat(33_000)) }), /too large, got 3\d{4} bytes/],
    ['a family that another stack has taken over', () => ({ owner: 'Other/Orders' }), /declared by somebody else, got Shop\/Orders/],
  ])('%s', async (_, change, reason) => {
    const mark = world.mark;
    expect(await world.update(change())).toMatchObject({ Status: 'FAILED', PhysicalResourceId: ALIAS, Reason: expect.stringMatching(reason) });
    expect(world.changes(mark)).toEqual([]);
  });

  test('a family whose alias names a stranger by now', async () => {
    const { keyId } = await world.foreignKey();
    await world.moveAlias(keyId);
    const mark = world.mark;
    expect(await world.update({})).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('alias belongs to a key that is not a generation') });
    expect(world.changes(mark)).toEqual([]);
  });
});
