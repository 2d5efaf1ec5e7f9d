import { DecryptCommand } from '@aws-sdk/client-kms';
import { KEY_ACTIONS } from './guarded-family';
import { ObservedFamily } from './observed-family';
import { OrdersStack } from '../../../examples/orders/orders-stack';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import type { SynthesizedStack } from '../../../local/cloudformation/synthesize';
import { synthesize } from '../../../local/cloudformation/synthesize';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { GENERATION_PHASES, GenerationTag } from '../../../src/contract/family/generation-tags';
import { ExistingKey } from '../../../src/index';
import { LEFT_TO_IAM, mayCall } from '../../support/policy-evaluator';
import { DAY, AccountWorld } from '../rotation/account-world';
import { ALIAS, familyStack, SECRET, type FamilyStackOptions } from '../rotation/family-stack';
import { addUser, requestDeletion, failAfterwards, plainKey, stackBefore } from '../rotation/stack-changes';

const ROLES = ['control', 'worker', 'retirement'] as const;
type Role = typeof ROLES[number];

const WRAPPING = { 'kms:WrappingAlgorithm': 'RSAES_OAEP_SHA_256', 'kms:WrappingKeySpec': 'RSA_4096' };

let world: AccountWorld;
afterEach(() => world.close());

/** Opens a world in which every call of the functions of a stack is recorded, from its first deployment on. */
async function watch(synthesized: SynthesizedStack, options: FamilyStackOptions = {}): Promise<ObservedFamily> {
  world = await AccountWorld.open(options, stackBefore());
  return watchDeployment(synthesized);
}

async function watchDeployment(synthesized: SynthesizedStack): Promise<ObservedFamily> {
  const { stackName } = synthesized;
  const family = new ObservedFamily(world.account, () => world.account.stackNamed(stackName));
  world.interceptors.call = (call, proceed) => family.observe(call, proceed);
  await world.account.deploy(synthesized);
  return family;
}

function declared(stackName = 'Shop'): FamilyDescription {
  return JSON.parse(
    String(world.account.stackNamed(stackName).resourcesOfType('Custom::RotatingKey')[0]?.properties.Family),
  ) as FamilyDescription;
}

/** Every KMS action that a role is allowed in some phase of a generation, by some request. */
async function allowed(family: ObservedFamily, role: Role, description = declared()): Promise<Set<string>> {
  const caller = family.identityOf(role);
  const tags = {
    [GenerationTag.FAMILY]: description.alias,
    [GenerationTag.OWNER]: description.owner,
    [GenerationTag.STATE]: 'unclaimed',
    [GenerationTag.PHASE]: 'next',
  };
  const purposes: { [name: string]: string }[] = [
    {},
    { 'cdk-kms-lifecycle:purpose': 'canary' },
    { 'cdk-kms-lifecycle:purpose': 'watch-probe' },
  ];
  const found = new Set<string>();
  for (const phase of GENERATION_PHASES) {
    for (const action of KEY_ACTIONS) {
      for (const encryptionContext of action === 'kms:Encrypt' ? purposes : [{}]) {
        const details = {
          encryptionContext,
          tags: action === 'kms:TagResource' ? tags : undefined,
          context: action === 'kms:GetParametersForImport' ? WRAPPING : {},
        };
        const alias = action.endsWith('Alias') ? description.alias : undefined;
        if (await mayCall({ ...caller, action, keyPolicy: generationPolicy(description, phase), alias, ...details })) found.add(action);
      }
    }
  }
  const key = {
    'kms:KeySpec': 'SYMMETRIC_DEFAULT',
    'kms:KeyUsage': 'ENCRYPT_DECRYPT',
    'kms:KeyOrigin': description.material.kind === 'secret' ? 'EXTERNAL' : 'AWS_KMS',
  };
  if (await mayCall({ ...caller, action: 'kms:CreateKey', tags, context: key })) found.add('kms:CreateKey');
  for (const action of ['kms:ListKeys', 'kms:ListAliases']) if (await mayCall({ ...caller, action })) found.add(action);
  return found;
}

/**
 * A life with everything that a family may have to do: rotation, retirement, a use in soak, start over, cancellation,
 * rollback, a failed run.
 */
async function liveWholeLife(): Promise<void> {
  await world.writeOrders(4);
  world.account.laptop.kms.clock.advance(90 * DAY);
  await world.live(2, () => world.application.writeOrder());
  await world.account.deploy(familyStack({ change: addUser }));
  const isPending = (generation: number) => async () => (await world.generation(generation)).keyState === 'PendingDeletion';
  await world.account.runUntil('generation 1 is pending deletion', isPending(1), 20);
  await world.run('retirement', { generation: 1, cancelDeletion: true });

  // A consumer tries to decrypt under a generation in soak.
  const [{ orderId, tenantId }] = world.application.orders as [typeof world.application.orders[number]];
  const { keyArn } = await world.generation(1);
  const { dataKey } = await world.readItem({ orderId, tenantId });
  await world.kms
    .send(new DecryptCommand({ CiphertextBlob: dataKey?.B, KeyId: keyArn, EncryptionContext: { tenant: tenantId, purpose: 'orders' } }))
    .catch(() => undefined);
  await world.account.idle();
  await world.live(1);
  expect((await world.generation(1)).keyState).toBe('Enabled');

  await world.account.runUntil('generation 1 is pending deletion again', isPending(1), 30);
  await world.rotate({ rollBackTo: 1 });
  await leaveUnclaimedKey();
  await world.live(12);
}

/**
 * A run that fails before its key has an alias, and is not continued: reconcile runs disable the key and
 * schedule its deletion.
 */
async function leaveUnclaimedKey(): Promise<void> {
  const before = world.interceptors.call;
  world.interceptors.call = (call, proceed) => {
    if (call.operation === 'CreateAlias') throw Object.assign(new Error('stopped here'), { name: 'AccessDeniedException' });
    return before(call, proceed);
  };
  expect((await world.rotate()).status).toBe('FAILED');
  world.interceptors.call = before;
}

describe('in a whole life', () => {
  test('every call is authorized, and every allowed action is needed', async () => {
    const family = await watch(familyStack(), { pageSize: 50 });
    await liveWholeLife();
    expect(await family.refused()).toEqual([]);
    const unneeded = async (role: Role) => [...await allowed(family, role)].filter((action) => !family.actionsOf(role).has(action));
    expect(await unneeded('worker')).toEqual([]);
    // The watch probe is meant to be denied: the fence is in force before the first probe.
    expect(await unneeded('retirement')).toEqual(['kms:Encrypt']);
    // Only an unused family deletes its aliases: see the next test.
    expect(await unneeded('control')).toEqual(['kms:DeleteAlias']);
  });

  test('the control role needs no further action for the deletion of a family: every generation is retained', async () => {
    const family = await watch(familyStack({ change: requestDeletion }));
    await world.stack.deploy(stackBefore().template);
    expect(await family.refused()).toEqual([]);
    expect(family.actionsOf('control')).not.toContain('kms:ScheduleKeyDeletion');
  });

  test('the control role is allowed the import of key material, and needs what it is allowed', async () => {
    const family = await watch(familyStack({ material: 'secret' }), { material: 'secret' });
    await world.writeOrders(2);
    await world.putNewKeyMaterial();
    await world.rotate();
    expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
    expect(await family.refused()).toEqual([]);
    expect([...family.actionsOf('control')]).toEqual(
      expect.arrayContaining(['kms:GetParametersForImport', 'kms:ImportKeyMaterial', 'kms:ListKeyRotations']),
    );
    expect(declared().material).toMatchObject({ secretArn: expect.stringContaining(SECRET) as string });
  });
});

describe('the control role is allowed the adoption of', () => {
  const oldKey = () => ExistingKey.fromArn(world.stack.resourcesOfType('AWS::KMS::Key')[0]?.resolved.attributes.Arn ?? '');

  test('an existing key', async () => {
    world = await AccountWorld.open({}, stackBefore(plainKey));
    const family = await watchDeployment(familyStack({ props: { startFrom: oldKey() } }));
    await world.writeOrders(2);
    await world.rotate();
    expect(await world.generations()).toEqual(['0 Enabled fenced', '1 Enabled current']);
    expect(await family.refused()).toEqual([]);
  });

  test('an existing key in a second attempt, by other roles than in the first, which was rolled back', async () => {
    world = await AccountWorld.open({}, stackBefore(plainKey));
    const startFrom = oldKey();
    await expect(world.account.deploy(familyStack({ constructId: 'First', props: { startFrom }, change: failAfterwards }))).rejects.toThrow(
      'Doomed',
    );
    const family = await watchDeployment(familyStack({ props: { startFrom } }));
    expect(await family.refused()).toEqual([]);
    expect(await world.generations()).toEqual(['0 Enabled current']);
  });

  test('a rotating key of another stack', async () => {
    world = await AccountWorld.open();
    const { owner } = declared();
    const family = await watchDeployment(familyStack({ stackName: 'Other', props: { adoptFrom: owner } }));
    expect(await family.refused()).toEqual([]);
    expect((await world.generation(1)).owner).toBe(declared('Other').owner);
  });

  test.each<[string, string, string | undefined, boolean]>([
    ['alias/orders/g1', 'Shop/Key', 'Shop/Key', true], ['alias/orders', 'Shop/Key', 'Shop/Key', true],
    ['alias/documents', 'Shop/Key', 'Shop/Key', false], ['alias/orders-archive/g1', 'Shop/Key', 'Shop/Key', false],
    ['alias/orders/g1', 'Shop/Key', undefined, false],
  ])('a key that delegates to IAM, with the alias %s and the owner %s, with adoptFrom %s: %s', async (alias, owner, adoptFrom, expected) => {
    const tag = 'aws:ResourceTag/cdk-kms-lifecycle:family';
    const family = await watch(familyStack({ props: { adoptFrom } }));
    const context = { 'kms:ResourceAliases': [alias], [tag]: ALIAS, 'aws:ResourceTag/cdk-kms-lifecycle:owner': owner };
    const call = { ...family.identityOf('control'), keyPolicy: LEFT_TO_IAM, context };
    expect(await mayCall({ ...call, action: 'kms:PutKeyPolicy' })).toBe(expected);
    expect(await mayCall({ ...call, action: 'kms:PutKeyPolicy', context: { ...context, [tag]: 'alias/guests' } })).toBe(false);
  });
});

test.each<[string, () => SynthesizedStack]>([
  ['the stack of these tests', () => familyStack()],
  ['examples/orders', () => synthesize((app) => new OrdersStack(app, 'Shop'))],
])(
  'in %s, the worker decrypts nothing in any phase and context, and its identity policies allow nothing at KMS',
  async (_, synthesized) => {
    const family = await watch(synthesized());
    expect(await allowed(family, 'worker')).toEqual(new Set(['kms:ReEncryptFrom', 'kms:ReEncryptTo']));
    const { principalArn, identityStatements } = family.identityOf('worker');
    expect(JSON.stringify(identityStatements)).not.toMatch(/kms:|"\*"/);
    for (const action of KEY_ACTIONS) {
      expect(
        await mayCall({
          principalArn,
          identityStatements,
          action,
          keyPolicy: LEFT_TO_IAM,
          alias: action.endsWith('Alias') ? ALIAS : undefined,
        }),
      ).toBe(false);
    }
  },
);

test.each(ROLES)('the %s role decrypts nothing in any phase', async (role) => {
  const family = await watch(familyStack());
  expect([...await allowed(family, role)].filter((action) => /Decrypt|GenerateDataKey|CreateGrant|DeriveShared/.test(action))).toEqual([]);
});
