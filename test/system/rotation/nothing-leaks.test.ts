import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { DecryptCommand } from '@aws-sdk/client-kms';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { AccountWorld } from './account-world';
import { failToDecrypt } from './failing-decrypt';
import { ALIAS, familyStack, SECRET } from './family-stack';
import { Spy, type Channel, type Secrets } from './spy';
import type { WrittenOrder } from '../../../local/demo/orders-application';
import { tracesOf } from '../../support/traces';

/** Everything that leaves the functions of a family is captured, and searched for secrets. */
const FROM_SECRET = { material: 'secret' } as const;

/** An order whose data key cannot be re-encrypted. */
const QUARANTINED = 'order-9999999';

let world: AccountWorld;
let spy: Spy;
let putAnswer: jest.SpyInstance;
let firstOrder: WrittenOrder;
let material: Uint8Array[];

beforeEach(async () => {
  spy = new Spy();
  putAnswer = jest.spyOn(globalThis, 'fetch');
  world = await AccountWorld.open(FROM_SECRET, undefined, spy.interceptors);
  spy.captureStateData(world);
  await world.writeOrders(8);
  firstOrder = world.application.orders[0] as WrittenOrder;
  material = [await currentMaterial()];
});

afterEach(async () => {
  jest.restoreAllMocks();
  await world.close();
});

async function currentMaterial(): Promise<Uint8Array> {
  const { SecretBinary } = await world.account.laptop.secretsClient('deployment').send(new GetSecretValueCommand({ SecretId: SECRET }));
  return SecretBinary as Uint8Array;
}

async function putNewMaterial(): Promise<void> {
  await world.putNewKeyMaterial();
  material.push(await currentMaterial());
}

async function dataKeyOf({ orderId, tenantId }: WrittenOrder): Promise<Uint8Array> {
  const { dataKey } = await world.readItem({ orderId, tenantId });
  const request = new DecryptCommand({ CiphertextBlob: dataKey?.B, EncryptionContext: { tenant: tenantId, purpose: 'orders' } });
  return (await world.kms.send(request)).Plaintext as Uint8Array;
}

/** The secrets, each with every encoding in which it may appear. */
async function secrets(): Promise<Secrets> {
  const { orders } = world.application;
  const locators = new Set([...orders.flatMap(({ orderId, tenantId }) => [orderId, tenantId]), QUARANTINED]);
  return new Map([
    ['material', together(material.map(tracesOf))],
    ['data key', together((await Promise.all(orders.map(dataKeyOf))).map(tracesOf))],
    ['locator', together([...locators].map(tracesOfText))],
    ['response URL', together(spy.responseUrls.map((url) => tracesOfText(secretPartOf(url))))],
  ]);
}

function secretPartOf(responseUrl: string): string {
  return new URL(responseUrl).pathname.slice(1);
}

/** A text as it is, in hex, and in base64 at every offset within a longer text. */
function tracesOfText(text: string): Map<string, Buffer> {
  const inBase64 = [0, 1, 2].map((before) =>
    Buffer.from('-'.repeat(before) + text).toString('base64').replace(/=/g, '').slice(before === 0 ? 0 : before + 1, -1));
  return new Map([text, Buffer.from(text).toString('hex'), ...inBase64].map((trace) => [trace, Buffer.from(trace)]));
}

function together(all: readonly ReadonlyMap<string, Buffer>[]): Map<string, Buffer> {
  return new Map(all.flatMap((traces, index) => [...traces].map(([name, trace]): [string, Buffer] => [`${index} ${name}`, trace])));
}

async function collect(): Promise<void> {
  await spy.collect(world, putAnswer.mock.calls.map(([, { body }]: [unknown, { body: Buffer }]) => body.toString()));
}

/** The status of a rotation. */
async function rotate(): Promise<string | undefined> {
  const { result } = await world.rotate();
  return result?.error ?? result?.status;
}

/** A call fails once with an unforeseen error whose message contains a secret. */
function failOnce(operation: string, error: () => Error): void {
  let failed = false;
  spy.inside.call = async (call, proceed) => {
    if (call.operation !== operation || failed) return proceed();
    failed = true;
    throw error();
  };
}

test('no secret leaves the functions in a whole life with failures', async () => {
  const itemOfBefore = await world.readItem(firstOrder);
  const quoted = JSON.stringify(firstOrder);

  expect(await rotate()).toBe('KeyMaterialDue');
  await putNewMaterial();
  // The SDK quotes the body of a response that it cannot parse.
  const unreadable = `Unexpected token in ${Buffer.from(material[1] as Uint8Array).toString('base64')}`;
  failOnce('GetSecretValue', () => Object.assign(new SyntaxError(unreadable), { $metadata: {} }));
  world.atState('WaitAfterMove', () => failToDecrypt(world, itemOfBefore, ALIAS));
  expect(await rotate()).toBe('ConsumersFailed');
  expect(world.lines.filter((line) => line.includes('returned no usable response'))).toHaveLength(1);

  failOnce('UpdateItem', () => new Error(`cannot write ${quoted}`));
  expect(await rotate()).toBe('States.ExceedToleratedFailureThreshold');
  const orderId = { S: QUARANTINED };
  await world.putItem({ ...itemOfBefore, orderId, dataKey: { B: Buffer.from('no ciphertext of KMS') } });
  expect(await rotate()).toBe('RecordsQuarantined');
  await world.dynamo.send(new DeleteItemCommand({ TableName: world.tableName, Key: { tenantId: { S: firstOrder.tenantId }, orderId } }));
  expect(await rotate()).toBe('SUCCEEDED');

  const generationIs = async (expected: string) => (await world.generations())[0] === expected;
  await world.account.runUntil('soak', () => generationIs('1 Disabled retiring'), 10);
  await failToDecrypt(world, itemOfBefore);
  await world.live(1);
  expect(await generationIs('1 Enabled fenced')).toBe(true);
  await world.account.runUntil('deletion', () => generationIs('2 Enabled current'), 30);

  await world.account.deploy(familyStack({ ...FROM_SECRET, props: { description: 'Another one' } }));
  await expect(world.account.deploy(familyStack({ ...FROM_SECRET, stackName: 'Thief' }))).rejects.toThrow('alias/orders');
  await collect();
  expect(spy.responseUrls).toHaveLength(5);
  expect(world.lines.filter((line) => line.includes('"_aws"'))).not.toEqual([]);
  expect(spy.channels()).toEqual([
    'CloudFormation', 'answer', 'call', 'cursor', 'error', 'evidence', 'execution', 'key', 'log', 'quarantine', 'state data', 'store',
  ]);
  // Locators are found only where they belong, and no secret is found anywhere.
  expect(spy.find(await secrets())).toEqual(['locator in cursor', 'locator in quarantine', 'locator in store']);
});

test('the search finds a secret that is leaked on purpose, in every channel', async () => {
  const quote = [
    Buffer.from(material[0] as Uint8Array).toString('base64'), Buffer.from(await dataKeyOf(firstOrder)).toString('hex'),
    firstOrder.tenantId, secretPartOf(spy.responseUrls[0] as string),
  ].join(' ');

  spy.inside.call = async ({ operation, input }, proceed) => {
    const { Tags, Body } = input as { Tags: object[]; Body: string };
    if (operation === 'TagResource') Tags.push({ TagKey: 'quote', TagValue: quote });
    if (operation === 'PutObject') Object.assign(input as object, { Body: JSON.stringify({ ...JSON.parse(Body) as object, quote }) });
    return proceed();
  };
  spy.inside.invocation = async (_, event, proceed) => {
    const { step } = event as { step: string };
    if (step === 'conclude-rotation') throw new Error(quote);
    return step === 'begin-pass' ? { ...await proceed() as object, quote } : proceed();
  };
  await putNewMaterial();
  expect(await rotate()).toBe('Error');

  // Log and CloudFormation responses quote errors of AWS. A secret in such an error would be in both.
  failOnce('CreateKey', () => Object.assign(new Error(quote), { name: 'LimitExceededException', $fault: 'client' }));
  const other = familyStack({ ...FROM_SECRET, stackName: 'Other', props: { alias: 'alias/others' } });
  await expect(world.account.deploy(other)).rejects.toThrow(quote);

  await collect();
  const channels: Channel[] = ['log', 'answer', 'error', 'state data', 'execution', 'call', 'evidence', 'key', 'CloudFormation'];
  const names = [...(await secrets()).keys()];
  expect(spy.find(await secrets())).toEqual(
    expect.arrayContaining(channels.flatMap((channel) => names.map((name) => `${name} in ${channel}`))),
  );
});
