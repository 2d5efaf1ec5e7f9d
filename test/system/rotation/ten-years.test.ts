import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand } from '@aws-sdk/client-kms';
import { Duration } from 'aws-cdk-lib';
import { DAY, AccountWorld } from './account-world';
import { ALIAS } from './family-stack';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { policyRevision } from '../../../lambda/key-family/policy/policy-revision';
import { isSamePolicy } from '../../../lambda/key-family/policy/same-policy';
import { verifyCertificate } from '../../../lambda/retirement/evidence/hash-certificate';
import type { WrittenOrder } from '../../../local/demo/orders-application';
import { type Certificate } from '../../../src/contract/evidence/certificate';
import { certificateKey } from '../../../src/contract/evidence/evidence';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { generationAlias, GenerationTag } from '../../../src/contract/family/generation-tags';
import { Deletion } from '../../../src/index';

const YEARS = 10;
const DAYS = Math.round(YEARS * 365.25);
/** The first orders are kept permanently. Later orders are forgotten when they are old. */
const LASTING_ORDERS = 12;
const KEPT_DAYS = 20;
/** A rotation is due after 90 days, and the reconcile run that starts it may run up to a day later. */
const ROTATIONS = Math.floor(DAYS / 91);

/** A scheduled deletion. */
interface ScheduledDeletion {
  readonly keyId: string;
  readonly at: Date;
}

let world: AccountWorld;
let family: FamilyDescription;
let certificates: Certificate[];
const deletions: ScheduledDeletion[] = [];
/** The current generation of each quarter: number and key. */
const everCurrent = new Map<number, string>();
/** The orders that were not intact at a check. */
const wrong: string[] = [];
let checks = 0;
let reconcileRuns = 0;

/** An application that writes every day, and forgets an order every day. */
async function workADay(): Promise<void> {
  reconcileRuns += 1;
  await world.application.writeOrder();
  const forgotten = world.application.orders.slice(LASTING_ORDERS).at(-1 - KEPT_DAYS);
  if (forgotten !== undefined) await forget(forgotten);
}

async function forget({ tenantId, orderId }: WrittenOrder): Promise<void> {
  await world.dynamo.send(
    new DeleteItemCommand({ TableName: world.tableName, Key: { tenantId: { S: tenantId }, orderId: { S: orderId } } }),
  );
}

/** Decrypts every order. All must be encrypted under the current generation. */
async function checkEveryOrder(): Promise<void> {
  const { current } = await world.readFamily();
  everCurrent.set(current.generation, current.keyArn);
  const { orders } = world.application;
  for (const order of new Set([...orders.slice(0, LASTING_ORDERS), ...orders.slice(-KEPT_DAYS)])) {
    const outcome = await world.application.check(order, current.keyArn);
    if (outcome !== 'intact') wrong.push(`${order.orderId} under generation ${current.generation}: ${outcome}`);
    checks += 1;
  }
}

beforeAll(async () => {
  world = await AccountWorld.open({
    pageSize: 50,
    props: {
      deletion: Deletion.afterProof({
        observationPeriod: Duration.days(2),
        soakPeriod: Duration.days(2),
        backupRetention: Duration.days(5),
        pendingWindow: Duration.days(7),
      }),
    },
  });
  family = JSON.parse(String(world.stack.resourcesOfType('Custom::RotatingKey')[0]?.properties.Family)) as FamilyDescription;
  world.interceptors.call = async ({ operation, input }, proceed) => {
    const answer = await proceed();
    if (operation === 'ScheduleKeyDeletion') deletions.push({ keyId: (input as { KeyId: string }).KeyId, at: world.account.clock.now() });
    return answer;
  };
  await world.writeOrders(LASTING_ORDERS);
  await checkEveryOrder();
  for (let day = 0; day < DAYS; day += 91) {
    await world.live(Math.min(91, DAYS - day), workADay);
    await checkEveryOrder();
  }
  certificates = world.certificates();
});

afterAll(() => world.close());

test('each quarter has one rotation, and each succeeded', () => {
  const rotations = world.account.stepFunctions.executions.filter(({ name }) => name.startsWith('rotate-'));
  expect(rotations.map(({ status }) => status)).toEqual(Array(ROTATIONS).fill('SUCCEEDED'));
  expect(reconcileRuns).toBe(DAYS);
  expect(world.countCalls('CreateKey')).toBe(ROTATIONS + 1);
  expect(world.countCalls('UpdateAlias')).toBe(ROTATIONS);
});

test('every order was intact at each check, under the generation that was current then', () => {
  expect(wrong).toEqual([]);
  expect(checks).toBeGreaterThan(ROTATIONS * (LASTING_ORDERS + KEPT_DAYS) - LASTING_ORDERS - KEPT_DAYS);
});

test('no execution failed', () => {
  expect(
    world.account.stepFunctions.executions.filter(({ status }) => status !== 'SUCCEEDED').map(({ name, result }) => [name, result?.error]),
  ).toEqual([]);
});

test('one generation is current, and every remaining one has the aliases, tags and policy of its phase', async () => {
  const { current, generations } = await world.readFamily();
  expect(current.generation).toBe(ROTATIONS + 1);
  expect(generations.filter(({ phase }) => phase === 'current')).toEqual([current]);

  const keys = new KmsKeyFamily(world.kms);
  const aliases = (await keys.listAliases(ALIAS)).map(({ aliasName, keyId }) => `${aliasName} ${keyId}`).sort();
  expect(aliases).toEqual([
    `${ALIAS} ${current.keyId}`, ...generations.map(({ generation, keyId }) => `${generationAlias(ALIAS, generation)} ${keyId}`),
  ].sort());
  for (const { keyId, phase, tags, generation, owner } of generations) {
    expect(isSamePolicy(await keys.getKeyPolicy(keyId), generationPolicy(family, phase))).toBe(true);
    expect({
      owner,
      revision: tags[GenerationTag.POLICY_REVISION],
      state: tags[GenerationTag.STATE],
      number: tags[GenerationTag.GENERATION],
    }).toEqual({ owner: family.owner, revision: policyRevision(family), state: 'claimed', number: String(generation) });
  }
});

test('every other generation is deleted', async () => {
  const left = (await world.readFamily()).generations.map(({ generation }) => generation);
  const deleted = [...everCurrent].filter(([generation]) => !left.includes(generation));
  expect(deleted.length).toBeGreaterThanOrEqual(ROTATIONS - 1);
  for (const [, keyArn] of deleted) {
    await expect(world.kms.send(new DescribeKeyCommand({ KeyId: keyArn }))).rejects.toMatchObject({ name: 'NotFoundException' });
  }
});

test('each deletion was scheduled after certificate, observation and backup retention, and recounted before it was executed', () => {
  expect(deletions.length).toBe(world.countCalls('ScheduleKeyDeletion'));
  expect(new Set(deletions.map(({ keyId }) => keyId)).size).toBe(deletions.length);
  const evidence = world.evidence().map(([key]) => key);
  for (const { keyId, at } of deletions) {
    const certificate = certificates.find(({ keyArn }) => keyArn.endsWith(keyId)) as Certificate;
    const { observationDays, soakDays, backupRetentionDays } = certificate.declared;
    const waited = (at.getTime() - Date.parse(certificate.census.startedAt)) / DAY;
    expect(waited).toBeGreaterThanOrEqual(Math.max(observationDays + soakDays, backupRetentionDays));
    expect(certificate.total).toMatchObject({ underOldGeneration: 0, quarantined: 0 });
    const beside = certificateKey(ALIAS, certificate.generation, certificate.census.startedAt).replace(/\.json$/, '.recount-');
    expect(evidence.filter((key) => key.startsWith(beside))).toHaveLength(1);
  }
});

test('the certificates form one chain, from the first to the last', () => {
  const inOrder = [...certificates].sort((one, other) => one.generation - other.generation);
  expect(inOrder.map(({ generation }) => generation)).toEqual(certificates.map((_, index) => index + 1));
  expect(inOrder.map(({ previousHash }) => previousHash)).toEqual([undefined, ...inOrder.slice(0, -1).map(({ hash }) => hash)]);
  expect(inOrder.every((certificate) => verifyCertificate(certificate))).toBe(true);
});
