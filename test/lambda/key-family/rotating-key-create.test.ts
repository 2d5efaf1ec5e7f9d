import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { ALIAS, aPolicy, RotatingKeyWorld } from '../../support/world/rotating-key-world';

let world: RotatingKeyWorld;

beforeEach(async () => { world = await RotatingKeyWorld.open(); });
afterEach(async () => world.close());

test('a family begins with generation 1: claimed, tagged, under its policy, and named by the alias', async () => {
  const answer = await world.create();

  expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ALIAS, Data: { AliasName: ALIAS } });
  const [keyId] = await world.keyIds();
  expect(await world.aliases()).toEqual({ [ALIAS]: keyId, 'alias/orders/g1': keyId });
  expect(await world.tags(keyId!)).toEqual({
    'team': 'shop',
    'cdk-kms-lifecycle:schema': '1',
    'cdk-kms-lifecycle:family': ALIAS,
    'cdk-kms-lifecycle:owner': 'Shop/Orders',
    'cdk-kms-lifecycle:origin': 'created',
    'cdk-kms-lifecycle:generation': '1',
    'cdk-kms-lifecycle:state': 'claimed',
    'cdk-kms-lifecycle:phase': 'current',
    'cdk-kms-lifecycle:run': 'deployment',
    'cdk-kms-lifecycle:policy-revision': expect.stringMatching(/^[0-9a-f]{16}$/),
    'cdk-kms-lifecycle:created-at': '2026-11-01T00:00:00.000Z',
    'cdk-kms-lifecycle:current-since': '2026-11-01T00:00:00.000Z',
  });
  expect(await world.policy(keyId!)).toBe(generationPolicy(world.description, 'current'));
  expect(await world.key(keyId!)).toMatchObject({ KeyState: 'Enabled', Description: 'orders', Origin: 'AWS_KMS' });
});

test('the answer names no key: it would be stale after the first rotation', async () => {
  const answer = await world.create();
  const [keyId] = await world.keyIds();
  expect(JSON.stringify(answer)).not.toContain(keyId);
});

test('the alias comes last, to a key that has encrypted a second before', async () => {
  await world.create();
  const { records } = world.localKms.audit;
  const [claim, alias, ...others] = records.filter(({ operation }) => operation === 'CreateAlias');
  const canary = records.find(({ operation }) => operation === 'Encrypt');
  expect(others).toEqual([]);
  expect(canary?.sequence).toBeGreaterThan(claim?.sequence ?? Infinity);
  expect(alias?.sequence).toBeGreaterThan(canary?.sequence ?? Infinity);
  // KMS may date uses to the second: the first one by somebody else has to be told from our own.
  expect(alias!.time.getTime() - canary!.time.getTime()).toBeGreaterThanOrEqual(1000);
});

test('material from a secret is in the key before the alias, and the key says which version gave it', async () => {
  const secretWorld = await RotatingKeyWorld.openWithSecret();
  try {
    expect(await secretWorld.create()).toMatchObject({ Status: 'SUCCESS' });
    const { current } = await secretWorld.family();
    expect(await secretWorld.key(current.keyId)).toMatchObject({ Origin: 'EXTERNAL', KeyState: 'Enabled' });
    expect(current.materialVersion).toMatch(/./);
    expect(await secretWorld.decrypt(await secretWorld.encrypt())).toBe('order');
  } finally {
    await secretWorld.close();
  }
});

test('asked a second time, it finds everything made', async () => {
  await world.create();
  const [before, mark] = [await world.family(), world.mark];

  expect(await world.create()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ALIAS });

  expect(await world.family()).toEqual(before);
  expect(world.changes(mark)).toEqual(['UpdateKeyDescription']);
});

test('asked again after a rotation has moved the alias, it leaves the alias where it is', async () => {
  await world.create();
  const second = await world.addGeneration(2);
  await world.moveAlias(second);

  expect(await world.create()).toMatchObject({ Status: 'SUCCESS' });

  expect((await world.aliases())[ALIAS]).toBe(second);
});

test('a number is not used again while its key is still there', async () => {
  const first = await world.addGeneration(1);
  await world.deleteAlias('alias/orders/g1');
  await world.scheduleDeletion(first);

  expect(await world.create()).toMatchObject({ Status: 'SUCCESS' });

  expect(await world.family()).toMatchObject({ current: { generation: 2 }, generations: [{ generation: 1, keyState: 'PendingDeletion' }, { generation: 2 }] });
  expect(Object.keys(await world.aliases())).toEqual([ALIAS, 'alias/orders/g2']);
});

describe('what exists already is not touched, and the error says how to adopt it on purpose:', () => {
  test('an alias of a key that is no generation', async () => {
    const { keyArn } = await world.foreignKey(ALIAS);
    const answer = await world.create();
    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(`startFrom: ExistingKey.fromArn('${keyArn}')`) });
    expect(world.changes()).toEqual([]);
  });

  test('a family that another stack declares', async () => {
    await world.create();
    const mark = world.mark;
    world.description = { ...world.description, owner: 'Archive/Orders' };

    const answer = await world.create();

    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('got Shop/Orders; allowed: Archive/Orders; choose another alias') });
    expect(answer.Reason).toContain("adoptFrom: 'Shop/Orders'");
    expect(world.changes(mark)).toEqual([]);
  });

  test('several generations whose alias somebody has deleted', async () => {
    await world.create();
    await world.addGeneration(2);
    await world.deleteAlias(ALIAS);
    const mark = world.mark;

    expect(await world.create()).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/alias does not exist, .* got alias\/orders\/g1, alias\/orders\/g2/) });
    expect(world.changes(mark)).toEqual([]);
  });
});

test('the only generation gets its alias back, and keeps what stands under it', async () => {
  await world.create();
  const blob = await world.encrypt();
  const [before] = await world.keyIds();
  await world.deleteAlias(ALIAS);

  expect(await world.create()).toMatchObject({ Status: 'SUCCESS' });

  expect(await world.aliases()).toMatchObject({ [ALIAS]: before });
  // It was in use before: deleting the stack now must not take it for a key that nobody has used.
  await world.delete();
  expect(await world.decrypt(blob)).toBe('order');
});

test('taking a family over rewrites the owner of every live generation, and moves nothing', async () => {
  await world.create();
  const second = await world.addGeneration(2, { 'cdk-kms-lifecycle:phase': 'fenced' });
  const gone = await world.addGeneration(3);
  await world.scheduleDeletion(gone);
  const aliases = await world.aliases();
  world.description = { ...world.description, owner: 'Archive/Orders' };

  expect(await world.create({ AdoptFrom: 'Shop/Orders' })).toMatchObject({ Status: 'SUCCESS' });

  expect((await world.family()).generations.map(({ owner }) => owner)).toEqual(['Archive/Orders', 'Archive/Orders', 'Shop/Orders']);
  expect(await world.aliases()).toEqual(aliases);
  expect(await world.policy(second)).toBe(generationPolicy(world.description, 'fenced'));
});

test('a policy that is too large in any phase is refused before anything is made', async () => {
  world.description = { ...world.description, policyDocument: aPolicy('x'.repeat(32_400)) };
  const answer = await world.create();
  expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(/policy of a generation that is retiring is too large, got 3\d{4} bytes; allowed: 32768 bytes/) });
  expect(world.changes()).toEqual([]);
});

test('material from another source than the generation was begun with is refused by name', async () => {
  await world.addGeneration(1, { 'cdk-kms-lifecycle:phase': 'next' });
  world.description = {
    ...world.description, material: { kind: 'secret', secretArn: 'arn:secret', encoding: 'binary', wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' },
  };
  expect(await world.create()).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('got EXTERNAL; allowed: AWS_KMS; declare the material as it was') });
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'allowed: a JSON object as text'],
  ['no JSON', '{', 'allowed: a JSON object as text'],
  ['a description of another version', '{"schema":2}', 'got schema 2; allowed: schema 1'],
])('%s is refused without being quoted', async (_, Family, reason) => {
  expect(await world.ask({ ResourceProperties: { Family } })).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(reason) });
});

describe('a key that people already have becomes generation 0', () => {
  test('where it is: its alias stays, and it stands under the family\'s policy', async () => {
    const { keyId, keyArn } = await world.foreignKey(ALIAS, { costs: 'shop' });
    const blob = await world.encrypt();

    expect(await world.create({ StartFromKeyArn: keyArn })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ALIAS });

    expect(await world.aliases()).toEqual({ [ALIAS]: keyId, 'alias/orders/g0': keyId });
    expect(await world.tags(keyId)).toMatchObject({
      'costs': 'shop', 'team': 'shop', 'cdk-kms-lifecycle:generation': '0', 'cdk-kms-lifecycle:origin': 'adopted', 'cdk-kms-lifecycle:phase': 'current',
    });
    expect(await world.policy(keyId)).toBe(generationPolicy(world.description, 'current'));
    expect(await world.decrypt(blob)).toBe('order');
  });

  test('asked again later, when a rotation has replaced it, nothing goes back', async () => {
    const { keyArn } = await world.foreignKey(ALIAS);
    await world.create({ StartFromKeyArn: keyArn });
    const first = await world.addGeneration(1);
    await world.moveAlias(first);
    expect(await world.create({ StartFromKeyArn: keyArn })).toMatchObject({ Status: 'SUCCESS' });
    expect((await world.aliases())[ALIAS]).toBe(first);
  });

  test.each<[string, string | undefined, { [tag: string]: string }, RegExp]>([
    ['no alias names it', undefined, {}, /alias does not name the key that is to be adopted, got no such alias/],
    ['a living stack owns it', ALIAS, { 'cdk-kms-lifecycle:owner': 'Other/Key' }, /generation of another family \(tag cdk-kms-lifecycle:owner\), got Other\/Key/],
    ['it is a generation of another family', ALIAS, { 'cdk-kms-lifecycle:family': 'alias/other' }, /got alias\/other; allowed: alias\/orders/],
  ])('but not when %s', async (_, alias, tags, reason) => {
    const { keyArn } = await world.foreignKey(alias, tags);
    expect(await world.create({ StartFromKeyArn: keyArn })).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(reason) });
    expect(world.changes()).toEqual([]);
  });
});
