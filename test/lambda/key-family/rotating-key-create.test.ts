import { randomBytes } from 'node:crypto';
import { CreateAliasCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { importMaterial } from '../../support/world/import-material';
import { ALIAS, aPolicy, DAY, RotatingKeyWorld } from '../../support/world/rotating-key-world';

let world: RotatingKeyWorld;

beforeEach(async () => { world = await RotatingKeyWorld.open(); });
afterEach(async () => world.close());

test('generation 1 is claimed, tagged, subject to its key policy, and named by the alias', async () => {
  const response = await world.create();

  expect(response).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ALIAS, Data: { AliasName: ALIAS } });
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
    'cdk-kms-lifecycle:description': expect.stringMatching(/^[0-9a-f]{16}@2026-11-01T/),
  });
  expect(await world.policy(keyId!)).toBe(generationPolicy(world.description, 'current'));
  expect(await world.key(keyId!)).toMatchObject({ KeyState: 'Enabled', Description: 'orders', Origin: 'AWS_KMS' });
});

test('the response contains no key id, because it would be stale after the first rotation', async () => {
  const response = await world.create();
  const [keyId] = await world.keyIds();
  expect(JSON.stringify(response)).not.toContain(keyId);
});

test('the alias is created last, at least a second after the canary', async () => {
  await world.create();
  const { records } = world.localKms.audit;
  const [claim, alias, ...others] = records.filter(({ operation }) => operation === 'CreateAlias');
  const canary = records.find(({ operation }) => operation === 'Encrypt');
  expect(others).toEqual([]);
  expect(canary?.sequence).toBeGreaterThan(claim?.sequence ?? Infinity);
  expect(alias?.sequence).toBeGreaterThan(canary?.sequence ?? Infinity);
  // KMS may date uses to the second. The first use by an application must be later than the canary.
  expect(alias!.time.getTime() - canary!.time.getTime()).toBeGreaterThanOrEqual(1000);
});

test('key material is imported from the secret before the alias exists, and a tag records its version', async () => {
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

test('a repeated create event changes no generation', async () => {
  await world.create();
  const [before, mark] = [await world.family(), world.mark];

  expect(await world.create()).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ALIAS });

  expect(await world.family()).toEqual(before);
  expect(world.changes(mark)).toEqual(['UpdateKeyDescription']);
});

test('a repeated create event after a rotation does not move the alias', async () => {
  await world.create();
  const second = await world.addGeneration(2);
  await world.moveAlias(second);

  expect(await world.create()).toMatchObject({ Status: 'SUCCESS' });

  expect((await world.aliases())[ALIAS]).toBe(second);
});

test('a number is not reused while its key exists', async () => {
  const first = await world.addGeneration(1);
  await world.deleteAlias('alias/orders/g1');
  await world.scheduleDeletion(first);

  expect(await world.create()).toMatchObject({ Status: 'SUCCESS' });

  expect((await world.family()).current).toMatchObject({ generation: 2, keyState: 'Enabled' });
  expect(Object.keys(await world.aliases())).toEqual([ALIAS, 'alias/orders/g2']);
});

describe('an existing resource is not changed, and the error explains how to use it:', () => {
  test('an alias of a key that is not a generation', async () => {
    const { keyArn } = await world.foreignKey(ALIAS);
    const response = await world.create();
    expect(response).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(`startFrom: ExistingKey.fromArn('${keyArn}')`) });
    expect(world.changes()).toEqual([]);
  });

  test('a family that another stack declares', async () => {
    await world.create();
    const mark = world.mark;
    world.description = { ...world.description, owner: 'Archive/Orders' };

    const response = await world.create();

    expect(response).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('got Shop/Orders; allowed: Archive/Orders; choose another alias'),
    });
    expect(response.Reason).toContain("adoptFrom: 'Shop/Orders'");
    expect(world.changes(mark)).toEqual([]);
  });

  test('several generations whose alias was deleted', async () => {
    await world.create();
    await world.addGeneration(2);
    await world.deleteAlias(ALIAS);
    const mark = world.mark;

    expect(await world.create()).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(/alias does not exist, .* got alias\/orders\/g1, alias\/orders\/g2/),
    });
    expect(world.changes(mark)).toEqual([]);
  });
});

test('a deleted alias of the only generation is created again, and its ciphertext can be decrypted', async () => {
  await world.create();
  const blob = await world.encrypt();
  const [before] = await world.keyIds();
  await world.deleteAlias(ALIAS);

  expect(await world.create()).toMatchObject({ Status: 'SUCCESS' });

  expect(await world.aliases()).toMatchObject({ [ALIAS]: before });
  // It was used before, so the deletion of the stack must not count it as unused.
  await world.delete();
  expect(await world.decrypt(blob)).toBe('order');
});

test('an adoption changes the owner of every live generation, and moves no alias', async () => {
  await world.create();
  const second = await world.addGeneration(2, { 'cdk-kms-lifecycle:phase': 'fenced' });
  const pending = await world.addGeneration(3);
  await world.scheduleDeletion(pending);
  const aliases = await world.aliases();
  world.description = { ...world.description, owner: 'Archive/Orders' };

  expect(await world.create({ AdoptFrom: 'Shop/Orders' })).toMatchObject({ Status: 'SUCCESS' });

  expect((await world.family()).generations.map(({ owner }) => owner)).toEqual(['Archive/Orders', 'Archive/Orders', 'Shop/Orders']);
  expect(await world.aliases()).toEqual(aliases);
  expect(await world.policy(second)).toBe(generationPolicy(world.description, 'fenced'));
});

test('a policy that is too large in any phase is refused before a key is created', async () => {
  world.description = { ...world.description, policyDocument: aPolicy('x'.repeat(32_400)) };
  const response = await world.create();
  expect(response).toMatchObject({
    Status: 'FAILED',
    Reason: expect.stringMatching(/policy of a generation that is retiring is too large, got 3\d{4} bytes; allowed: 32768 bytes/),
  });
  expect(world.changes()).toEqual([]);
});

test('an unfinished generation with key material from another source than the declared one is passed over', async () => {
  const secretWorld = await RotatingKeyWorld.openWithSecret();
  try {
    const left = await secretWorld.addGeneration(1, { 'cdk-kms-lifecycle:phase': 'next' });
    expect(await secretWorld.create()).toMatchObject({ Status: 'SUCCESS' });
    const { current } = await secretWorld.family();
    expect([current.generation, current.keyId === left]).toEqual([2, false]);
    expect(await secretWorld.key(current.keyId)).toMatchObject({ Origin: 'EXTERNAL', KeyState: 'Enabled' });
  } finally {
    await secretWorld.close();
  }
});

test('a stopped creation continues with the key material that it has imported, also if the secret has a newer version', async () => {
  const secretWorld = await RotatingKeyWorld.openWithSecret();
  try {
    await secretWorld.create();
    const { keyId, materialVersion } = (await secretWorld.family()).current;
    await secretWorld.deleteAlias(ALIAS);
    await secretWorld.putMaterial(randomBytes(32));
    expect(await secretWorld.create()).toMatchObject({ Status: 'SUCCESS' });
    expect((await secretWorld.family()).current).toMatchObject({ keyId, materialVersion });
  } finally {
    await secretWorld.close();
  }
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'allowed: a JSON object as text'],
  ['no JSON', '{', 'allowed: a JSON object as text'],
  ['a description of another version', '{"schema":2}', 'got schema 2; allowed: schema 1'],
])('a Family property with %s is refused, and the error does not quote it', async (_, Family, reason) => {
  const response = await world.invoke({ ResourceProperties: { Family } });
  expect(response).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(reason) });
});

describe('an existing key that is adopted as generation 0', () => {
  test('keeps its alias and its tags, and gets the key policy of the family', async () => {
    const { keyId, keyArn } = await world.foreignKey(ALIAS, { costs: 'shop' });
    const blob = await world.encrypt();

    expect(await world.create({ StartFromKeyArn: keyArn })).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ALIAS });

    expect(await world.aliases()).toEqual({ [ALIAS]: keyId, 'alias/orders/g0': keyId });
    expect(await world.tags(keyId)).toMatchObject({
      'costs': 'shop',
      'team': 'shop',
      'cdk-kms-lifecycle:generation': '0',
      'cdk-kms-lifecycle:origin': 'adopted',
      'cdk-kms-lifecycle:phase': 'current',
    });
    expect(await world.policy(keyId)).toBe(generationPolicy(world.description, 'current'));
    expect(await world.decrypt(blob)).toBe('order');
  });

  test('stays replaced if the create event is repeated after a rotation', async () => {
    const { keyArn } = await world.foreignKey(ALIAS);
    await world.create({ StartFromKeyArn: keyArn });
    const first = await world.addGeneration(1);
    await world.moveAlias(first);
    expect(await world.create({ StartFromKeyArn: keyArn })).toMatchObject({ Status: 'SUCCESS' });
    expect((await world.aliases())[ALIAS]).toBe(first);
  });

  test('is refused and not changed if it would have more tags than KMS allows during a rotation', async () => {
    const tags = Object.fromEntries(Array.from({ length: 45 }, (_, index) => [`t${index}`, 'x']));
    const { keyArn } = await world.foreignKey(ALIAS, tags);
    const counted = 45 + 1 + Object.values(GenerationTag).length;
    expect(await world.create({ StartFromKeyArn: keyArn })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(`got ${counted} tags: .*; allowed: 50 tags; remove ${counted - 50} of its own tags`),
    });
    expect(world.changes()).toEqual([]);
  });

  test('is adopted with as many tags as a rotation leaves room for', async () => {
    const length = 50 - 1 - Object.values(GenerationTag).length;
    const { keyArn } = await world.foreignKey(ALIAS, Object.fromEntries(Array.from({ length }, (_, index) => [`t${index}`, 'x'])));
    expect(await world.create({ StartFromKeyArn: keyArn })).toMatchObject({ Status: 'SUCCESS' });
  });

  test('is refused and not changed if its key material expires', async () => {
    const { KeyMetadata } = await world.operator.send(new CreateKeyCommand({ Origin: 'EXTERNAL' }));
    const [KeyId, keyArn] = [KeyMetadata?.KeyId as string, KeyMetadata?.Arn as string];
    await importMaterial(world.operator, KeyId, new Date(world.clock.now().getTime() + 90 * DAY));
    await world.operator.send(new CreateAliasCommand({ AliasName: ALIAS, TargetKeyId: KeyId }));
    expect(await world.create({ StartFromKeyArn: keyArn })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringContaining('allowed: KEY_MATERIAL_DOES_NOT_EXPIRE; import the same key material again'),
    });
    expect(world.changes()).toEqual([]);
  });

  test('loses the alias of generation 0 if its adoption fails before the key is tagged', async () => {
    const { keyId, keyArn } = await world.foreignKey(ALIAS);
    await world.operator.send(new CreateAliasCommand({ AliasName: 'alias/orders/g0', TargetKeyId: keyId }));
    const properties = world.properties({ StartFromKeyArn: keyArn });
    await world.delete({ PhysicalResourceId: 'cdk-kms-lifecycle/never-created', ResourceProperties: properties });
    expect(await world.aliases()).toEqual({ [ALIAS]: keyId });
  });

  test('of another origin than AWS_KMS or EXTERNAL is refused', async () => {
    const { keyArn } = await world.foreignKey(ALIAS);
    const ports = world.ports();
    const describeKey = async (id: string) => {
      const key = await new KmsKeyFamily(world.operator).describeKey(id);
      return key === undefined ? undefined : { ...key, origin: 'AWS_CLOUDHSM' as const };
    };
    const kms = Object.assign(Object.create(ports.kms) as typeof ports.kms, { describeKey });
    const { Status, Reason } = await world.invoke({ ResourceProperties: world.properties({ StartFromKeyArn: keyArn }) }, { ...ports, kms });
    expect([Status, Reason]).toEqual(['FAILED', expect.stringContaining('got AWS_CLOUDHSM; allowed: AWS_KMS or EXTERNAL')]);
    expect(world.changes()).toEqual([]);
  });

  test.each<[string, string | undefined, { [tag: string]: string }, RegExp]>([
    ['the alias does not exist', undefined, {}, /alias does not name the key to adopt, got no such alias/],
    ['another stack owns it', ALIAS, { 'cdk-kms-lifecycle:owner': 'Other/Key' },
      /generation of another family \(tag cdk-kms-lifecycle:owner\), got Other\/Key/],
    ['it is a generation of another family', ALIAS, { 'cdk-kms-lifecycle:family': 'alias/other' },
      /got alias\/other; allowed: alias\/orders/],
  ])('is refused and not changed if %s', async (_, alias, tags, reason) => {
    const { keyArn } = await world.foreignKey(alias, tags);
    expect(await world.create({ StartFromKeyArn: keyArn })).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(reason) });
    expect(world.changes()).toEqual([]);
  });
});
