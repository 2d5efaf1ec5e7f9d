import type { KMSClient } from '@aws-sdk/client-kms';
import { reconcile } from '../../../lambda/reconcile/reconcile';
import { aPolicy, RotatingKeyWorld } from '../../support/world/rotating-key-world';

const [ANN, BOB, NEW] = ['ann', 'bob', 'new'].map((name) => `arn:aws:iam::111122223333:user/${name}`) as [string, string, string];

let world: RotatingKeyWorld;
const deleted = new Set<string>();

beforeEach(async () => {
  deleted.clear();
  world = await RotatingKeyWorld.open({ policyDocument: policyOf(ANN, BOB) });
  await world.create();
});
afterEach(async () => world.close());

function policyOf(...users: string[]): string {
  const { Statement, ...document } = JSON.parse(aPolicy('account')) as { Statement: object[] };
  return JSON.stringify({
    ...document, Statement: [...Statement, { Sid: 'Users', Effect: 'Allow', Principal: { AWS: users }, Action: 'kms:Decrypt', Resource: '*' }],
  });
}

/** KMS refuses a policy with a deleted principal, and names none. */
function refusing(client: KMSClient): void {
  client.middlewareStack.add((next) => async (args) => {
    const { Policy = '' } = args.input as { Policy?: string };
    if (![...deleted].some((arn) => Policy.includes(arn))) return next(args);
    const message = 'Policy contains a statement with one or more invalid principals.';
    throw Object.assign(new Error(message), { name: 'MalformedPolicyDocumentException', $metadata: {}, $fault: 'client' });
  }, { step: 'initialize' });
}

const ports = () => world.ports(undefined, refusing);
const leftOut = () => world.lines.flatMap(({ PrincipalsLeftOut: count }) => count ?? []);
const currentPolicy = async () => world.policy((await world.family()).current.keyId);

test.each([[[ANN]], [[BOB]], [[ANN, BOB]]])('a deployment leaves out %j, which was deleted, logs it, and keeps the others', async (gone) => {
  gone.forEach((arn) => deleted.add(arn));
  const policyDocument = policyOf(ANN, BOB).replace('kms:Decrypt', 'kms:Encrypt');
  expect(await world.update({ policyDocument }, {}, ports())).toMatchObject({ Status: 'SUCCESS' });
  const policy = await currentPolicy();
  expect([ANN, BOB].filter((arn) => !policy.includes(arn))).toEqual(gone);
  expect(world.lines).toContainEqual(expect.objectContaining({ event: 'principals-left-out', principals: gone.join(', ') }));
  expect(leftOut()).toEqual([gone.length]);
});

test('the metric counts them every day until they exist again, and is 0 when the policy is complete', async () => {
  const aDay = async () => {
    world.lines.length = 0;
    world.clock.advance(86_400_000);
    await reconcile(world.description, { rotation: 'arn:rotation', retirement: 'arn:retirement' }, ports());
    return leftOut();
  };
  expect(await aDay()).toEqual([0]);
  deleted.add(BOB);
  await world.update({ policyDocument: policyOf(ANN, BOB).replace('kms:Decrypt', 'kms:Encrypt') }, {}, ports());
  expect(await aDay()).toEqual([1]);
  expect(await aDay()).toEqual([1]);
  deleted.clear();
  // The run that adds the principal found the policy incomplete.
  expect(await aDay()).toEqual([]);
  expect(await currentPolicy()).toContain(BOB);
  expect(await aDay()).toEqual([0]);
});

test('a paused family writes no policy, so its metric has no value while a principal is left out', async () => {
  deleted.add(BOB);
  await world.update({ paused: true, policyDocument: policyOf(ANN, BOB).replace('kms:Decrypt', 'kms:Encrypt') }, {}, ports());
  world.lines.length = 0;
  await reconcile(world.description, { rotation: 'arn:rotation', retirement: 'arn:retirement' }, ports());
  expect(leftOut()).toEqual([]);
});

test('a principal that a deployment has just declared must exist: the deployment fails and names it', async () => {
  deleted.add(NEW);
  expect(await world.update({ policyDocument: policyOf(ANN, BOB, NEW) }, {}, ports())).toMatchObject({
    Status: 'FAILED', Reason: expect.stringContaining(`declared principal does not exist, got ${NEW}`),
  });
});

test('a role of the construct is never left out', async () => {
  const control = 'arn:aws:iam::111122223333:role/control';
  deleted.add(control);
  const before = await currentPolicy();
  const roles = { ...world.description.roles, control };
  expect(await world.update({ roles, policyDocument: policyOf(ANN, control) }, {}, ports())).toMatchObject({ Status: 'FAILED' });
  expect(await currentPolicy()).toBe(before);
});
