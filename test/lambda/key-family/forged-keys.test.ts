import { randomBytes } from 'node:crypto';
import {
  CreateAliasCommand, CreateGrantCommand, CreateKeyCommand, DeleteAliasCommand, DescribeKeyCommand, PutKeyPolicyCommand,
  type CreateKeyCommandInput,
} from '@aws-sdk/client-kms';
import { newKey } from '../../../lambda/key-family/new-generation';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { GenerationTag } from '../../../src/contract/family/generation-tags';
import { ControlWorld, UNTIL_MOVED } from '../../support/world/control-world';
import { POLICY, tagList } from '../../support/world/create-generation';
import { importMaterial } from '../../support/world/import-material';
import { ALIAS, RotatingKeyWorld } from '../../support/world/rotating-key-world';

/** A key of another principal, with the policy and the tags that the next generation of this run would have. */
interface Forgery {
  readonly key?: Partial<CreateKeyCommandInput>;
  readonly tags?: { readonly [name: string]: string };
  readonly alias?: string;
  readonly change?: (keyId: string) => Promise<unknown>;
}

let world: ControlWorld;
beforeEach(async () => { world = await ControlWorld.open(); });
afterEach(async () => world.close());

async function forge({ key = {}, tags = {}, alias, change }: Forgery, run = 'run-1'): Promise<string> {
  const { policy, tags: own } = newKey(world.description, { generation: 2, run }, new Date(0));
  const { KeyMetadata } = await world.kms.send(new CreateKeyCommand({ Policy: policy, Tags: tagList({ ...own, ...tags }), ...key }));
  const keyId = KeyMetadata?.KeyId as string;
  await change?.(keyId);
  if (alias !== undefined) await world.kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: keyId }));
  return keyId;
}

const grantTo = async (keyId: string) => world.kms.send(new CreateGrantCommand({
  KeyId: keyId, GranteePrincipal: 'arn:aws:iam::111122223333:user/mallory', Operations: ['Decrypt'],
}));

const importExpiring = async (keyId: string) =>
  importMaterial(world.kms, keyId, new Date(world.localKms.clock.now().getTime() + 61 * 86_400_000));

const WITH_ANOTHER_STATEMENT: Forgery = {
  change: async (KeyId) => world.kms.send(new PutKeyPolicyCommand({ KeyId, Policy: withStatement(generationPolicy(world.description, 'next')) })),
};

const FORGERIES: [string, Forgery][] = [
  ['key material that its creator imported, and that expires', { key: { Origin: 'EXTERNAL' }, change: importExpiring }],
  ['another origin', { key: { Origin: 'EXTERNAL' } }],
  ['another key spec', { key: { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT' } }],
  ['another usage', { key: { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' } }],
  ['several Regions', { key: { MultiRegion: true } }],
  ['another key policy', { key: { Policy: POLICY } }],
  ['a grant of its creator', { change: grantTo }],
];

function withStatement(policy: string): string {
  const document = JSON.parse(policy) as { Statement: object[] };
  const back = { Sid: 'Back', Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:user/mallory' }, Action: 'kms:*', Resource: '*' };
  return JSON.stringify({ ...document, Statement: [...document.Statement, back] });
}

describe('a key with the tags of this run is never claimed as the next generation if it has', () => {
  test.each([...FORGERIES, ['a policy that only looks like the declared one', WITH_ANOTHER_STATEMENT] as const])('%s', async (_, forgery) => {
    const run = await world.plan('run-1');
    const forged = await forge(forgery, run.run);
    const { to } = await world.performAll(run, UNTIL_MOVED);
    expect(to?.keyArn).not.toContain(forged);
    const { current, generations } = await world.family();
    expect([current.generation, current.keyId === forged, generations.length]).toEqual([2, false, 2]);
    expect(await world.encryptsThroughAlias()).toBe(true);
  });
});

describe('a key under the alias of the next number never becomes current if it has', () => {
  test.each(FORGERIES)('%s', async (_, forgery) => {
    const forged = await forge({ ...forgery, alias: `${ALIAS}/g2`, tags: { [GenerationTag.STATE]: 'claimed' } });
    // The run is refused, or passes the key over.
    const refusals = /^(FamilyContradiction|InvalidRequest|KeyNotReady|RunSuperseded|KeyMaterialDue)$/;
    await world.plan('run-1').then((run) => world.performAll(run, UNTIL_MOVED)).catch((error: Error) => expect(error.name).toMatch(refusals));
    const { KeyMetadata } = await world.kms.send(new DescribeKeyCommand({ KeyId: ALIAS }));
    expect(KeyMetadata?.KeyId).not.toBe(forged);
    expect(await world.encryptsThroughAlias()).toBe(true);
  });
});

describe('a key with tags that say that it was current before does not become current without an operator', () => {
  const WAS_CURRENT = { [GenerationTag.STATE]: 'claimed', [GenerationTag.CURRENT_SINCE]: '2026-10-01T00:00:00.000Z' };

  test.each([['after', 2], ['before', 0]])('under the number %s the current one', async (_, number) => {
    const tags = { ...WAS_CURRENT, [GenerationTag.GENERATION]: String(number) };
    const forged = await forge({ tags, change: grantTo, alias: `${ALIAS}/g${number}` });
    await expect(world.plan('run-1')).rejects.toMatchObject({
      name: 'FamilyContradiction', message: expect.stringMatching(new RegExp(`^${ALIAS}/g${number}: only its tags say that the key was current`)),
    });
    expect((await world.family()).current.keyId).not.toBe(forged);
  });

  test('if it appears after the plan', async () => {
    const run = await world.plan('run-1');
    await forge({ tags: WAS_CURRENT, change: grantTo, alias: `${ALIAS}/g2` });
    await expect(world.performAll(run, UNTIL_MOVED)).rejects.toMatchObject({ name: 'FamilyContradiction' });
  });

  test('which may roll back to it, as after a takeover with another bucket, and later runs continue with that', async () => {
    const tags = { ...WAS_CURRENT, [GenerationTag.GENERATION]: '0' };
    const named = await forge({ tags, alias: `${ALIAS}/g0` });
    expect(await world.plan('by-hand', { rollBackTo: 0 })).toMatchObject({ kind: 'roll-back', toGeneration: 0 });
    const run = await world.plan('run-1');
    await world.performAll(run, ['restore-generation', 'pre-flight', 'move-alias']);
    expect((await world.family()).current.keyId).toBe(named);
  });
});

describe('a key under the alias of the next number with a grant of its creator', () => {
  const CLAIMED: Forgery = { tags: { [GenerationTag.STATE]: 'claimed' }, alias: `${ALIAS}/g2`, change: grantTo };
  const attempt = async (name: string) => world.performAll(await world.plan(name), UNTIL_MOVED);

  test('is refused, and the next run creates another key after its alias was deleted, as the error says', async () => {
    const forged = await forge(CLAIMED);
    await expect(attempt('run-1')).rejects.toMatchObject({
      name: 'FamilyContradiction', message: expect.stringContaining('if it is not a generation, delete this alias'),
    });
    await world.kms.send(new DeleteAliasCommand({ AliasName: `${ALIAS}/g2` }));
    expect((await attempt('run-2')).to?.keyArn).not.toContain(forged);
    expect((await world.family()).current.keyId).not.toBe(forged);
  });

  test('is not recorded as a key that a rotation created', async () => {
    const forged = await forge(CLAIMED);
    await expect(attempt('run-1')).rejects.toMatchObject({ name: 'FamilyContradiction' });
    expect((await world.ports.evidence.list('generations/')).filter((key) => key.includes(forged))).toEqual([]);
  });
});

test('the declared policy replaces one of an earlier revision under the alias of the next number, before the alias moves', async () => {
  const keyId = await forge({ ...WITH_ANOTHER_STATEMENT, alias: `${ALIAS}/g2`, tags: { [GenerationTag.STATE]: 'claimed' } });
  await world.performAll(await world.plan('run-1'), UNTIL_MOVED);
  expect((await world.family()).current.keyId).toBe(keyId);
  expect(await world.ports.kms.getKeyPolicy(keyId)).not.toContain('mallory');
});

test('a key of the account with copied tags is no generation: nothing of it changes, and a rotation does not stop', async () => {
  const { tags } = await world.generation(1);
  const { KeyMetadata } = await world.kms.send(new CreateKeyCommand({ Policy: POLICY, Tags: tagList({ ...tags, [GenerationTag.GENERATION]: '7' }) }));
  await world.rotate('run-1');
  expect((await world.family()).generations.map(({ generation }) => generation)).toEqual([1, 2]);
  const calls = world.localKms.audit.records.filter(({ keyArns, operation }) =>
    keyArns.includes(KeyMetadata?.Arn as string) && !/^(CreateKey|Describe|List|Get)/.test(operation));
  expect(calls).toEqual([]);
});

describe('a deployment', () => {
  let resource: RotatingKeyWorld;
  beforeEach(async () => { resource = await RotatingKeyWorld.open(); });
  afterEach(async () => resource.close());

  test.each<[string, object]>([
    ['expires', { Origin: 'EXTERNAL' }],
    ['has the policy of another principal', { Policy: POLICY }],
  ])('does not complete a family with a key of another principal that %s', async (_, key) => {
    const { policy, tags } = newKey(resource.description, { generation: 1, run: 'deployment' }, new Date(0));
    const { KeyMetadata } = await resource.operator.send(new CreateKeyCommand({ Policy: policy, Tags: tagList(tags), ...key }));
    expect(await resource.create()).toMatchObject({ Status: 'SUCCESS' });
    expect((await resource.family()).current.keyId).not.toBe(KeyMetadata?.KeyId);
  });

  describe('with key material from a secret does not complete a family with a key whose material is from elsewhere:', () => {
    let byok: RotatingKeyWorld;
    beforeEach(async () => { byok = await RotatingKeyWorld.openWithSecret(); });
    afterEach(async () => byok.close());

    test.each<[string, (version: string) => string | undefined]>([
      ['without a description', () => undefined],
      ['with the description of another tool', () => 'HSM 7'],
      ['with the description of a version that does not exist', () => 'secret-version:00000000-0000-4000-8000-000000000000'],
      ['with the description of the current version', (version) => `secret-version:${version}`],
    ])('%s', async (_, describe) => {
      const { policy, tags } = newKey(byok.description, { generation: 1, run: 'deployment' }, new Date(0));
      const claimed = { ...tags, [GenerationTag.STATE]: 'claimed' };
      const { KeyMetadata } = await byok.operator.send(new CreateKeyCommand({ Policy: policy, Tags: tagList(claimed), Origin: 'EXTERNAL' }));
      const { KeyId: keyId, Arn: keyArn } = KeyMetadata as { KeyId: string; Arn: string };
      await byok.operator.send(new CreateAliasCommand({ AliasName: `${ALIAS}/g1`, TargetKeyId: keyId }));
      const { material } = byok.description;
      const version = await byok.ports().secret.currentVersionId(material.kind === 'secret' ? material.secretArn : '');
      await importMaterial(byok.operator, keyId, undefined, randomBytes(32), describe(version));
      const refused = await byok.create();
      expect(refused).toMatchObject({
        Status: 'FAILED', Reason: expect.stringContaining(`${keyArn}: key material of a generation that was never current is not proven`),
      });
      expect(Object.keys(await byok.aliases())).not.toContain(ALIAS);
      await byok.deleteAlias(`${ALIAS}/g1`);
      expect(await byok.create()).toMatchObject({ Status: 'SUCCESS' });
      expect((await byok.family()).current.keyArn).not.toBe(keyArn);
    });
  });

  test('does not complete a family with a key on which another principal holds a grant', async () => {
    const { policy, tags } = newKey(resource.description, { generation: 1, run: 'deployment' }, new Date(0));
    const { KeyMetadata } = await resource.operator.send(new CreateKeyCommand({
      Policy: policy, Tags: tagList({ ...tags, [GenerationTag.STATE]: 'claimed' }),
    }));
    const KeyId = KeyMetadata?.KeyId as string;
    await resource.operator.send(new CreateAliasCommand({ AliasName: `${ALIAS}/g1`, TargetKeyId: KeyId }));
    await resource.operator.send(new CreateGrantCommand({ KeyId, GranteePrincipal: 'arn:aws:iam::111122223333:user/mallory', Operations: ['Decrypt'] }));
    expect(await resource.create()).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining('user/mallory') });
  });

  test('does not write the family\'s policy to a key that another principal has tagged and named as a generation', async () => {
    await resource.create();
    const { tags } = (await resource.family()).current;
    const { keyId, keyArn } = await resource.foreignKey(`${ALIAS}/g9`, { ...tags, [GenerationTag.GENERATION]: '9' });
    const before = await resource.policy(keyId);
    expect(await resource.update({ description: 'again' })).toMatchObject({ Status: 'SUCCESS' });
    expect(await resource.policy(keyId)).toBe(before);
    expect(resource.lines).toContainEqual(expect.objectContaining({ event: 'generation-not-proven', keyArn, generation: 9 }));
  });
});
