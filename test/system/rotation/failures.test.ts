import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  PutKeyPolicyCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { ArnPrincipal } from 'aws-cdk-lib/aws-iam';
import { AccountWorld } from './account-world';
import { ALIAS, familyStack } from './family-stack';
import type { LocalExecution } from '../../../local/step-functions/service/local-execution';
import type { QuarantineEvidence } from '../../../src/contract/evidence/evidence';

const STACK = familyStack();
const MISSPELT = familyStack({ dataKeyAttribute: 'dataKye' });
const OTHER_POLICY = familyStack({ props: { administrators: [new ArnPrincipal('arn:aws:iam::111122223333:role/Security')] } });
const FREE_POLICY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' }],
};

let world: AccountWorld;
beforeEach(async () => {
  world = await AccountWorld.open({}, STACK);
  await world.writeOrders(4);
});
afterEach(() => world.close());

function expectFailure({ result }: LocalExecution, error: string, cause: RegExp): void {
  expect({ error: result?.error, cause: result?.cause }).toEqual({ error, cause: expect.stringMatching(cause) });
}

/** After each failure nothing is lost, and after the repair the next run finishes. */
async function expectNextRunFinishes(): Promise<void> {
  expect(await world.unreadableOrders()).toEqual([]);
  expect(await world.encryptsThroughAlias()).toBe(true);
  const { status, result } = await world.rotate();
  expect([status, result?.error, result?.cause]).toEqual(['SUCCEEDED', undefined, undefined]);
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
  expect(await world.checkOrders()).toEqual(Array(4).fill('intact'));
}

async function expectStillCurrent(generation: number): Promise<void> {
  expect((await world.readFamily()).current.generation).toBe(generation);
}

async function moveAlias(keyId: string): Promise<void> {
  await world.kms.send(new UpdateAliasCommand({ AliasName: ALIAS, TargetKeyId: keyId }));
}

async function createForeignKey(): Promise<string> {
  const { KeyMetadata } = await world.kms.send(new CreateKeyCommand({ Description: 'foreign' }));
  return KeyMetadata?.KeyId as string;
}

/** Acts directly after each call of one operation has taken effect. */
function afterEachCall(operation: string, act: () => Promise<unknown>): void {
  world.interceptors.call = async (call, proceed) => {
    const answer = await proceed();
    if (call.operation === operation) await act();
    return answer;
  };
}

function interceptNothing(): void {
  world.interceptors.call = (_, proceed) => proceed();
}

describe('before the alias moves', () => {
  afterEach(() => expectStillCurrent(2));

  test('the name of the data key attribute is wrong', async () => {
    await world.account.deploy(MISSPELT);
    expectFailure(await world.rotate(), 'StoreMismatch', /table Shop-.*, got dataKye; allowed: .*dataKey.*; correct dataKeyAttribute/);
    await expectStillCurrent(1);
    await world.account.deploy(STACK);
    await expectNextRunFinishes();
  });

  test('the policy is deployed again during the run', async () => {
    world.atState('MoveAlias', () => world.account.deploy(OTHER_POLICY));
    expectFailure(
      await world.rotate(),
      'RunSuperseded',
      /another revision of the key policy has been deployed.*wait until the deployment is complete/,
    );
    await expectStillCurrent(1);
    await expectNextRunFinishes();
  });

  test('an old generation cannot decrypt', async () => {
    const { keyId } = await world.generation(1);
    await world.kms.send(new DisableKeyCommand({ KeyId: keyId }));
    expectFailure(await world.rotate(), 'KeyNotReady', /alias\/orders\/g1: old generation cannot decrypt/);
    await expectStillCurrent(1);
    await world.kms.send(new EnableKeyCommand({ KeyId: keyId }));
    await expectNextRunFinishes();
  });

  test('the new generation is disabled', async () => {
    const next = async () => (await world.generation(2)).keyId;
    world.atState('MoveAlias', async () => world.kms.send(new DisableKeyCommand({ KeyId: await next() })));
    expectFailure(await world.rotate(), 'KeyNotReady', /key cannot encrypt, so the alias must not name it/);
    await expectStillCurrent(1);
    await world.kms.send(new EnableKeyCommand({ KeyId: await next() }));
    await expectNextRunFinishes();
  });

  test('the policy of the new generation denies encryption', async () => {
    const deny = {
      ...FREE_POLICY,
      Statement: [...FREE_POLICY.Statement, { Effect: 'Deny', Principal: '*', Action: 'kms:Encrypt', Resource: '*' }],
    };
    world.atState('MoveAlias', async () =>
      world.kms.send(new PutKeyPolicyCommand({ KeyId: (await world.generation(2)).keyId, Policy: JSON.stringify(deny) })),
    );
    expectFailure(await world.rotate(), 'AccessDenied', /allow the control role kms:Encrypt/);
    await expectStillCurrent(1);
    // The next run puts the declared policy.
    await expectNextRunFinishes();
  });

  test('the alias is moved back at once from outside: nothing is re-encrypted', async () => {
    const { keyId } = await world.generation(1);
    afterEachCall('UpdateAlias', () => moveAlias(keyId));
    expectFailure(await world.rotate(), 'VerificationFailed', /^alias\/orders: alias was moved, but names another key/);
    interceptNothing();
    expect(world.passes()).toEqual([]);
    await expectNextRunFinishes();
  });
});

test.each([
  ['g2', `${ALIAS}/g2`],
  ['alias/orders', ALIAS],
])('a foreign key under %s: nothing is created, and the error names the key for the operator', async (_, aliasName) => {
  const foreign = await createForeignKey();
  const { keyId } = await world.generation(1);
  if (aliasName === ALIAS) await moveAlias(foreign);
  else await world.kms.send(new CreateAliasCommand({ AliasName: aliasName, TargetKeyId: foreign }));
  const keys = world.countCalls('CreateKey');
  expectFailure(
    await world.rotate(),
    'FamilyContradiction',
    /^alias\/orders(\/g2)?: alias belongs to a key .*; choose another alias, or adopt/,
  );
  expect(world.countCalls('CreateKey')).toBe(keys);
  await moveAlias(keyId);
  expect(await world.unreadableOrders()).toEqual([]);
});

test.each(['Fence', 'BeginPass', 'BeginCensus', 'ConcludeRotation'])('the alias is moved back from outside before %s', async (state) => {
  const { keyId } = await world.generation(1);
  world.atState(state, () => moveAlias(keyId));
  expectFailure(await world.rotate(), 'VerificationFailed', /^alias\/orders: alias does not name the target generation of this run/);
  expect(await world.unreadableOrders()).toEqual([]);
  // The operator reverts it: the alias may name a fenced generation, which encrypts nothing.
  await moveAlias((await world.generation(2)).keyId);
  await expectNextRunFinishes();
});

test('a grant on the old generation: the generation is not fenced, and the error names the grantee', async () => {
  const grantee = 'arn:aws:iam::111122223333:role/Backup';
  world.interceptors.call = async ({ operation }, proceed) =>
    operation === 'ListGrants'
      ? { output: { Grants: [{ GrantId: 'g', GranteePrincipal: grantee }], Truncated: false, $metadata: {} }, response: {} }
      : proceed();
  expectFailure(
    await world.rotate(),
    'GrantsHeld',
    new RegExp(`alias/orders/g1: a principal holds a grant on the old generation, got ${grantee}|${grantee}`),
  );
  expect(await world.generations()).toEqual(['1 Enabled current', '2 Enabled current']);
  interceptNothing();
  await expectNextRunFinishes();
});

test('nothing is counted while the fence is not in force', async () => {
  const { keyId } = await world.generation(1);
  afterEachCall('PutKeyPolicy', () => world.kms.send(new PutKeyPolicyCommand({ KeyId: keyId, Policy: JSON.stringify(FREE_POLICY) })));
  expectFailure(await world.rotate(), 'VerificationFailed', /^alias\/orders\/g1: fence is not in force/);
  interceptNothing();
  expect(world.passes()).toEqual([]);
  await expectNextRunFinishes();
});

test('a foreign or damaged record: all others are re-encrypted, the record is quarantined, and there is no certificate until its repair', async () => {
  const [other, order] = world.application.orders;
  const item = await world.readItem(order!);
  await world.putItem({ ...item, dataKey: (await world.readItem(other!)).dataKey! });
  expectFailure(await world.rotate(), 'RecordsQuarantined', /got 1; allowed: 0; read the quarantine/);

  const entries = world
    .evidence()
    .flatMap(([key, content]) => (/\.quarantine-[^/]*\.json$/.test(key) ? (content as QuarantineEvidence).entries : []));
  expect(entries[0]).toMatchObject({ reason: 'context-or-blob-wrong', locator: expect.stringContaining(order!.orderId) });
  expect(new Set(entries.map(({ locator }) => locator)).size).toBe(1);
  expect(world.passes()[0]?.counts).toMatchObject({ reEncrypted: 3, quarantined: 1 });
  await world.live(4);
  expect(world.certificates()).toEqual([]);
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
  await world.putItem(item);
  await expectNextRunFinishes();
});

test('a record damaged, or a store wrongly described, after the rotation: no certificate until the repair', async () => {
  await world.rotate();
  const [other, order] = world.application.orders;
  const item = await world.readItem(order!);
  await world.putItem({ ...item, dataKey: (await world.readItem(other!)).dataKey! });
  expectFailure(await latestRetirementAfter(2), 'RecordsQuarantined', /repair or delete those records/);
  await world.putItem(item);
  await world.account.deploy(MISSPELT);
  expectFailure(await latestRetirementAfter(1), 'StoreMismatch', /none of 4 items has the attribute/);
  expect(world.certificates()).toEqual([]);
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
  await world.account.deploy(STACK);
  await latestRetirementAfter(1);
  expect(world.certificates()).toHaveLength(1);
});

async function latestRetirementAfter(days: number): Promise<LocalExecution> {
  await world.live(days);
  return world.account.stepFunctions.executions.filter(({ name }) => name.startsWith('retire-')).at(-1) as LocalExecution;
}

test.each(['control', 'worker', 'retirement'])('AWS throttles the %s function', async (asset) => {
  const throttled = new Set<string>();
  world.interceptors.call = async (call, proceed) => {
    if (call.asset !== asset || throttled.has(call.operation)) return proceed();
    throttled.add(call.operation);
    throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException', $fault: 'client', $metadata: {} });
  };
  const { status, result } = await world.rotate();
  expect([status, result?.error, result?.cause]).toEqual(['SUCCEEDED', undefined, undefined]);
  await world.run('retirement', { generation: 1 });
  interceptNothing();
  expect(throttled.size).toBeGreaterThanOrEqual(3);
  expect(await world.checkOrders()).toEqual(Array(4).fill('intact'));
});

test.each(['before it has begun', 'after its work is done'])('every invocation fails once, %s', async (moment) => {
  const failed = new Set<string>();
  world.interceptors.invocation = async (_, event, proceed) => {
    const { step = '' } = event as { step?: string };
    if (step === 'record-use' || step === 'reconcile' || failed.has(step)) return proceed();
    failed.add(step);
    if (moment !== 'before it has begun') await proceed();
    throw Object.assign(new Error('Task timed out after 900.00 seconds'), { name: 'Sandbox.Timedout' });
  };
  const { status } = await world.rotate();
  await world.live(6);
  expect(status).toBe('SUCCEEDED');
  expect(failed.size).toBeGreaterThan(18);
  expect(await world.generations()).toEqual(['1 PendingDeletion retiring', '2 Enabled current']);
  expect(await world.checkOrders()).toEqual(Array(4).fill('intact'));
});
