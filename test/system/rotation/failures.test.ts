import {
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  GetKeyPolicyCommand,
  PutKeyPolicyCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { ArnPrincipal } from 'aws-cdk-lib/aws-iam';
import { AccountWorld } from './account-world';
import { ALIAS, familyStack } from './family-stack';
import { isWatchEvent } from './watch-events';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { ACCOUNT, REGION } from '../../../local/laptop';
import type { LocalExecution } from '../../../local/step-functions/service/local-execution';
import type { QuarantineEvidence } from '../../../src/contract/evidence/evidence';

const STACK = familyStack();
const MISSPELT_ATTRIBUTE = 'dataKye';
const MISSPELT = familyStack({ dataKeyAttribute: MISSPELT_ATTRIBUTE });
const OTHER_POLICY = familyStack({ props: { administrators: [new ArnPrincipal('arn:aws:iam::111122223333:role/Security')] } });

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
  await world.breakGlass.send(new UpdateAliasCommand({ AliasName: ALIAS, TargetKeyId: keyId }));
}

async function policyOf(keyId: string): Promise<string> {
  const { Policy } = await world.kms.send(new GetKeyPolicyCommand({ KeyId: keyId }));
  return Policy as string;
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
    world.account.laptop.iam.createRole('Security');
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
    world.atState('MoveAlias', async () => {
      const { keyId } = await world.generation(2);
      const { Statement: statements, ...policy } = JSON.parse(await policyOf(keyId)) as { readonly Statement: object[] };
      const denied = { ...policy, Statement: [...statements, { Effect: 'Deny', Principal: '*', Action: 'kms:Encrypt', Resource: '*' }] };
      await world.kms.send(new PutKeyPolicyCommand({ KeyId: keyId, Policy: JSON.stringify(denied) }));
    });
    expectFailure(await world.rotate(), 'FamilyContradiction', /alias\/orders\/g2: key policy is not the declared one/);
    await expectStillCurrent(1);
    // The next reconcile run puts the declared policy, and starts the rotation again.
    await world.live(1);
    expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
    expect(await world.checkOrders()).toEqual(Array(4).fill('intact'));
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

test('a foreign key under g2 that the family may not read: its number is taken, and the rotation passes it over', async () => {
  const foreign = await createForeignKey();
  await world.kms.send(new CreateAliasCommand({ AliasName: `${ALIAS}/g2`, TargetKeyId: foreign }));
  expect((await world.rotate()).status).toBe('SUCCEEDED');
  const named = async (name: string) => (await new KmsKeyFamily(world.kms).describeKey(name))?.keyId;
  expect(await named(`${ALIAS}/g2`)).toBe(foreign);
  expect(await named(ALIAS)).toBe(await named(`${ALIAS}/g3`));
  expect(await world.unreadableOrders()).toEqual([]);
});

test('a foreign key under the alias of the family: nothing is created, and the error names the key for the operator', async () => {
  const foreign = await createForeignKey();
  const { keyId } = await world.generation(1);
  await moveAlias(foreign);
  const keys = world.countCalls('CreateKey');
  expectFailure(await world.rotate(), 'AccessDenied', new RegExp(`^alias/orders: alias names a key that this role may not read, got ${foreign}`));
  expect(world.countCalls('CreateKey')).toBe(keys);
  await moveAlias(keyId);
  expect(await world.unreadableOrders()).toEqual([]);
  await expectNextRunFinishes();
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
      ? { Grants: [{ GrantId: 'g', GranteePrincipal: grantee }], Truncated: false, $metadata: {} }
      : proceed();
  expectFailure(
    await world.rotate(),
    'GrantsHeld',
    new RegExp(`alias/orders/g1: a principal holds a grant on the old generation, got ${grantee}|${grantee}`),
  );
  expect(await world.generations()).toEqual(['1 Enabled current', '2 Enabled next']);
  interceptNothing();
  await expectNextRunFinishes();
});

test('nothing is counted while the fence is not in force', async () => {
  const { keyId } = await world.generation(1);
  const unfenced = await policyOf(keyId);
  afterEachCall('PutKeyPolicy', () => world.kms.send(new PutKeyPolicyCommand({ KeyId: keyId, Policy: unfenced })));
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
  expectFailure(await latestRetirementAfter(2), 'RecordsQuarantined', /repair those records/);
  await world.putItem(item);
  await world.account.deploy(MISSPELT);
  expectFailure(await latestRetirementAfter(1), 'StoreMismatch', /is no longer declared with the same table and attribute/);
  expect(world.certificates()).toEqual([]);
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
  // The wrong description was declared, so only an operator can say that no data key is there.
  await world.account.deploy(STACK);
  expectFailure(await latestRetirementAfter(1), 'StoreMismatch', /releasedStores/);
  const tableArn = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${world.tableName}`;
  await world.account.deploy(familyStack({ props: { releasedStores: [{ tableArn, dataKeyAttribute: MISSPELT_ATTRIBUTE }] } }));
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
    // Schedules and rules invoke these: Lambda repeats them, and no machine waits.
    if (isWatchEvent(event) || ['reconcile', 'daily-pre-flight'].includes(step) || failed.has(step)) return proceed();
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
