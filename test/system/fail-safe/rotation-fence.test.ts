import { CreateGrantCommand, GenerateDataKeyCommand, ListGrantsCommand, RevokeGrantCommand } from '@aws-sdk/client-kms';
import { AccountWorld, DAY } from '../rotation/account-world';
import { failToEncrypt } from '../rotation/failing-decrypt';
import { familyStack } from '../rotation/family-stack';
import { errors, expectAllIntact, expectRotation } from '../rotation/stages';

/** Principals that use an old generation by its key id, ARN or a grant: the fence would stop them. */
const STACK = familyStack();

let world: AccountWorld;
let keyId: string;
beforeEach(async () => {
  world = await AccountWorld.open({}, STACK);
  await world.writeOrders(4);
  keyId = (await world.generation(1)).keyId;
});
afterEach(() => world.close());

const encryptById = async () => {
  await world.kms.send(new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256' }));
};

async function expectNotFenced(): Promise<void> {
  expect((await world.generations())[0]).toBe('1 Enabled current');
  await encryptById();
  expect(await world.unreadableOrders()).toEqual([]);
}

test('a writer by key id stops the rotation before the fence, and is named by its event', async () => {
  const entered: string[] = [];
  world.atEachState(async (state) => {
    entered.push(state);
    if (state === 'CheckConsumers') await encryptById();
  });
  const { result } = await world.rotate();
  expect(result).toMatchObject({
    error: 'OldGenerationInUse',
    cause: expect.stringMatching(/^alias\/orders\/g1: .*by its key id or ARN.*GenerateDataKey at .*CloudTrail event [\w-]+/),
  });
  expect(entered).not.toContain('Fence');
  await expectNotFenced();
});

test('a writer that is repaired does not stop the rotation permanently', async () => {
  world.atEachState(async (state) => (state === 'CheckConsumers' ? encryptById() : undefined));
  await world.rotate();
  world.atEachState(async () => undefined);
  await world.account.runFor(2 * DAY);
  expect((await world.generations())[0]).toBe('1 Enabled fenced');
  await expectAllIntact(world);
});

test('a writer that calls before the move has propagated does not stop the rotation', async () => {
  world.atState('WaitAfterMove', encryptById);
  await expectRotation(world);
  expect(errors(world)).toEqual([]);
});

test('a rare writer is denied by the fence: the fence is lifted, the alias moves back, and no reconcile run tries again', async () => {
  world.atState('WaitForReports', () => failToEncrypt(world, keyId));
  const { result } = await world.rotate();
  expect(result).toMatchObject({ error: 'ConsumersFailed', cause: expect.stringMatching(/GenerateDataKey of .*AccessDenied/) });
  await expectNotFenced();
  await world.live(10);
  await expectNotFenced();
  // The operator has repaired the writer: its last call is older than a day.
  await world.account.runFor(2 * DAY);
  await expectRotation(world);
  await expectAllIntact(world);
});

test.each(['before the rotation', 'while consumers are watched'])('a grant %s stops it with the name of the grantee', async (moment) => {
  const grantee = world.account.laptop.iam.createRole('backup').arn;
  const grant = async () => {
    await world.kms.send(new CreateGrantCommand({ KeyId: keyId, GranteePrincipal: grantee, Operations: ['Encrypt', 'Decrypt'] }));
  };
  if (moment === 'before the rotation') await grant();
  else world.atState('WaitAfterMove', grant);
  const { result } = await world.rotate();
  expect(result).toMatchObject({ error: 'GrantsHeld', cause: expect.stringContaining(grantee) });
  expect((await world.readFamily()).current.generation).toBe(moment === 'before the rotation' ? 1 : 2);
  await expectNotFenced();
  for (const { GrantId } of (await world.kms.send(new ListGrantsCommand({ KeyId: keyId }))).Grants ?? []) {
    await world.kms.send(new RevokeGrantCommand({ KeyId: keyId, GrantId }));
  }
  await world.account.runFor(2 * DAY);
  await expectRotation(world);
});
