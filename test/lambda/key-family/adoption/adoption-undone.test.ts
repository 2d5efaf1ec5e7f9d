import { ScheduleKeyDeletionCommand, UpdateAliasCommand } from '@aws-sdk/client-kms';
import { AdoptingStack } from './adopting-stack';
import { generationPolicy } from '../../../../lambda/key-family/policy/generation-policy';
import { endRetirements } from '../../../../lambda/retirement/reversal/end-retirements';
import { ALIAS, DAY, type RotatingKeyWorld } from '../../../support/world/rotating-key-world';

let stack: AdoptingStack;
let world: RotatingKeyWorld;

beforeEach(async () => {
  stack = await AdoptingStack.open();
  world = stack.world;
});
afterEach(async () => stack.close());

const AUDITOR = 'arn:aws:iam::111122223333:user/auditor';
const FORMER = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Sid: 'Account', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
    { Sid: 'Auditor', Effect: 'Allow', Principal: { AWS: AUDITOR }, Action: 'kms:Decrypt', Resource: '*' },
    { Sid: 'Service', Effect: 'Allow', Principal: { Service: 'logs.amazonaws.com' }, Action: 'kms:Decrypt', Resource: '*' },
  ],
});

async function anOldKey(tags: { [name: string]: string } = {}): Promise<{ keyId: string; keyArn: string }> {
  const key = await world.foreignKey(ALIAS, tags);
  await world.putPolicy(key.keyId, FORMER);
  return key;
}

describe('an existing key that a deployment adopts', () => {
  test('is refused if principals would lose access, each is named, and nothing is changed', async () => {
    const { keyId, keyArn } = await anOldKey();
    expect(await stack.invoke({ ResourceProperties: world.properties({ StartFromKeyArn: keyArn }) })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining(`they would lose access, got ${AUDITOR} (Decrypt); logs.amazonaws.com (Decrypt)`),
    });
    expect([await world.policy(keyId), world.changes()]).toEqual([FORMER, []]);
  });

  test.each([[[AUDITOR, 'logs.amazonaws.com']], [['*']]])('is adopted if %j may lose access, and its policy is stored before', async (principals) => {
    const { keyId, keyArn } = await anOldKey();
    const properties = world.properties({ StartFromKeyArn: keyArn, PrincipalsToDrop: principals });
    await stack.adopt(properties);
    expect(await world.policy(keyId)).toBe(generationPolicy(world.description, 'current'));
    const [stored] = await stack.evidence.list('adoptions/');
    expect(await stack.evidence.read(stored as string)).toMatchObject({ kind: 'former-state', keyArn, policy: FORMER });
  });

  test.each<[string, string | undefined, string]>([
    ['is refused if the tag of another stack is on it', undefined, 'FAILED'],
    ['is adopted if that stack has released it', 'Legacy', 'SUCCESS'],
    ['is refused if another stack has released it', 'Other', 'FAILED'],
  ])('%s', async (_, ReleasedBy, Status) => {
    const { keyArn } = await anOldKey();
    const tagged = stack.ports();
    const listTags = tagged.kms.listTags.bind(tagged.kms);
    tagged.kms.listTags = async (keyId) => ({ ...await listTags(keyId), 'aws:cloudformation:stack-name': 'Legacy' });
    const properties = world.properties({ StartFromKeyArn: keyArn, PrincipalsToDrop: ['*'], ReleasedBy });
    expect(await world.invoke({ ResourceProperties: properties }, tagged)).toMatchObject({ Status });
  });

  test.each(['a failed creation', 'the rollback of a creation'])('gets its policy back after %s, also after a repeated event', async (kind) => {
    const { keyId, keyArn } = await anOldKey({ costs: 'shop' });
    const properties = world.properties({ StartFromKeyArn: keyArn, PrincipalsToDrop: ['*'] });
    await stack.adopt(properties);
    await stack.adopt(properties);
    const PhysicalResourceId = kind === 'a failed creation' ? 'cdk-kms-lifecycle/never-created' : ALIAS;
    await stack.rollBack(properties, PhysicalResourceId);
    expect(await world.policy(keyId)).toBe(FORMER);
    expect(await world.aliases()).toEqual({ [ALIAS]: keyId });
    expect((await world.tags(keyId))['cdk-kms-lifecycle:owner']).toBe('');

    await stack.adopt(properties);
    expect((await world.family()).current).toMatchObject({ generation: 0, owner: world.description.owner });
  });

  test('gets its policy back without a principal that was deleted before: KMS accepts no unique id', async () => {
    const { keyId, keyArn } = await anOldKey();
    world.localKms.forgetPrincipal(AUDITOR, 'AROAEXAMPLEOFANAUDITOR');
    const properties = world.properties({ StartFromKeyArn: keyArn, PrincipalsToDrop: ['*'] });
    await stack.adopt(properties);
    await stack.rollBack(properties);
    const { Statement } = JSON.parse(await world.policy(keyId)) as { Statement: { Sid: string }[] };
    expect(Statement.map(({ Sid }) => Sid)).toEqual(['Account', 'Service']);
  });

  test('keeps the policy of the family if it is removed days later', async () => {
    const { keyId, keyArn } = await anOldKey();
    const properties = world.properties({ StartFromKeyArn: keyArn, PrincipalsToDrop: ['*'] });
    await stack.adopt(properties);
    world.clock.advance(2 * DAY);
    await stack.rollBack(properties);
    expect(await world.policy(keyId)).toBe(generationPolicy(world.description, 'current'));
  });
});

test('a family that another stack adopts returns to its owner, with its policies, if that deployment is rolled back', async () => {
  await world.create();
  const second = await world.addGeneration(2, { 'cdk-kms-lifecycle:phase': 'fenced' });
  const { generations } = await world.family();
  const policies = await Promise.all(generations.map(({ keyId }) => world.policy(keyId)));
  const properties = stack.takeover();
  await stack.adopt(properties);
  expect(await world.policy(second)).toContain('theirs');

  await stack.rollBack(properties);

  const after = (await world.family()).generations;
  expect(after.map(({ owner, policyRevision }) => [owner, policyRevision])).toEqual(
    generations.map(({ owner, policyRevision }) => [owner, policyRevision]),
  );
  expect(await Promise.all(generations.map(({ keyId }) => world.policy(keyId)))).toEqual(policies);
});

test('also if a deletion was pending that the end of the retirements has cancelled meanwhile', async () => {
  await world.create();
  const second = await world.addGeneration(2, {
    'cdk-kms-lifecycle:phase': 'retiring',
    'cdk-kms-lifecycle:disabled-since': '2026-01-01T12:00:00.000Z',
    'cdk-kms-lifecycle:recounted-at': '2026-01-10T12:00:00.000Z',
  });
  await world.operator.send(new ScheduleKeyDeletionCommand({ KeyId: second, PendingWindowInDays: 30 }));
  const former = world.description;
  const policies = [await world.policy((await world.family()).current.keyId), await world.policy(second)];
  const properties = stack.takeover();
  await stack.adopt(properties);

  // AWS CloudFormation deletes the resources of the stack in this order.
  await endRetirements({ alias: ALIAS, owner: 'Other/Orders' }, stack.ports());
  await stack.rollBack(properties);

  const { generations } = await world.family();
  expect(generations.map(({ owner, keyState }) => [owner, keyState])).toEqual([[former.owner, 'Enabled'], [former.owner, 'Enabled']]);
  expect(await Promise.all(generations.map(({ keyId }) => world.policy(keyId)))).toEqual(policies);
});

test('an adoption is not undone if an operator has rolled back since: the former policy would deny encryption', async () => {
  await world.create();
  const first = (await world.family()).current.keyId;
  const second = await world.addGeneration(2);
  const name = async (keyId: string) => world.operator.send(new UpdateAliasCommand({ AliasName: ALIAS, TargetKeyId: keyId }));
  const setPhase = async (keyId: string, phase: 'current' | 'fenced', description = world.description) => {
    await world.putPolicy(keyId, generationPolicy(description, phase));
    await world.tag(keyId, { 'cdk-kms-lifecycle:phase': phase });
  };
  await setPhase(first, 'fenced');
  await name(second);
  const properties = stack.takeover();
  const theirs = stack.adopter;
  await stack.adopt(properties);
  await setPhase(first, 'current', theirs);
  await name(first);
  await setPhase(second, 'fenced', theirs);

  await stack.rollBack(properties);
  expect(await world.policy(first)).toBe(generationPolicy(theirs, 'current'));
});

test('a creation that fails half-way leaves nothing that blocks the next one', async () => {
  const failing = stack.ports();
  failing.kms.tryEncrypt = async () => 'access-denied';
  expect(await world.invoke({}, failing)).toMatchObject({ Status: 'FAILED' });
  await stack.rollBack(world.properties(), 'cdk-kms-lifecycle/never-created');
  expect(await world.aliases()).toEqual({});
  await stack.adopt(world.properties());
  expect((await world.family()).current.generation).toBe(2);
});
