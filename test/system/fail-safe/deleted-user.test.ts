import { AccountWorld } from '../rotation/account-world';
import { failToEncrypt } from '../rotation/failing-decrypt';
import { familyStack } from '../rotation/family-stack';
import { errors, expectAllIntact, expectRotation, runUntil, STAGES } from '../rotation/stages';

/** A role among `users` was deleted. KMS refuses every policy that still names it, and does not say which principal. */
const STACK = familyStack();

let world: AccountWorld;
let service: string;
beforeEach(async () => {
  world = await AccountWorld.open({}, STACK);
  await world.writeOrders(4);
  service = world.stack.resourcesOfType('AWS::IAM::Role').find(({ logicalId }) => logicalId.startsWith('Service'))?.resolved.ref as string;
});
afterEach(() => world.close());

const deleteUser = async () => world.account.laptop.iam.deleteRole(service);
const reported = () => world.lines.filter((line) => line.includes('principals-left-out') && line.includes(service)).length;

test('a rotation creates the next generation for all others, and reports who is left out', async () => {
  await deleteUser();
  await expectRotation(world);
  expect(reported()).toBeGreaterThan(0);
  await expectAllIntact(world);
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
});

test('a rotation that is stopped after it has created the key is finished by the next one', async () => {
  await deleteUser();
  world.stopAtState('PreflightControl');
  await world.rotate();
  await expectRotation(world);
  await expectAllIntact(world);
});

test('the fence is lifted, although its former policy named the user', async () => {
  const { keyId } = await world.generation(1);
  world.atState('WaitForReports', async () => {
    await deleteUser();
    await failToEncrypt(world, keyId);
  });
  expect((await world.rotate()).result).toMatchObject({ error: 'ConsumersFailed' });
  expect((await world.generations())[0]).toBe('1 Enabled current');
  expect(await world.encryptsThroughAlias()).toBe(true);
  expect(await world.unreadableOrders()).toEqual([]);
});

test('a rollback moves the alias back, and every data key', async () => {
  await expectRotation(world);
  await deleteUser();
  await expectRotation(world, { rollBackTo: 1 });
  expect((await world.readFamily()).current.generation).toBe(1);
  await expectAllIntact(world);
});

test('a retirement passes every stage, and no reconcile run fails', async () => {
  await expectRotation(world);
  await deleteUser();
  await runUntil(world, STAGES['the pending window']);
  expect(errors(world)).toEqual([]);
  await expectAllIntact(world);
});
