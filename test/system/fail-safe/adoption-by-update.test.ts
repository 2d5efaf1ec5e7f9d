import type { LocalStack } from '../../../local/cloudformation/local-stack';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { AccountWorld } from '../rotation/account-world';
import { familyStack, type FamilyStackOptions } from '../rotation/family-stack';
import { failAfterwards } from '../rotation/stack-changes';

let world: AccountWorld;
let [mine, theirs] = ['', ''];

const declared = (stack: LocalStack) =>
  JSON.parse(String(stack.resourcesOfType('Custom::RotatingKey')[0]?.properties.Family)) as FamilyDescription;
const deploy = async (options: FamilyStackOptions) => world.account.deploy(familyStack(options));
const owner = async () => (await world.generation(1)).owner;
/** The number of key policies that are written. */
const writes = async (change: () => Promise<unknown>) => {
  const before = world.countCalls('PutKeyPolicy');
  await change();
  return world.countCalls('PutKeyPolicy') - before;
};

/** The family of this stack, which another stack has adopted. */
beforeEach(async () => {
  world = await AccountWorld.open();
  await world.writeOrders(3);
  mine = declared(world.stack).owner;
  theirs = declared(await deploy({ stackName: 'Other', props: { adoptFrom: mine } })).owner;
});
afterEach(async () => {
  expect(await world.unreadableOrders()).toEqual([]);
  await world.close();
});

test('an update that takes a family back returns it if another resource of the deployment fails', async () => {
  await expect(deploy({ props: { adoptFrom: theirs, description: 'back' }, change: failAfterwards })).rejects.toThrow('Doomed');
  expect(await owner()).toBe(theirs);
  expect(await writes(async () => world.live(1).catch(() => undefined))).toBe(0);
});

test('the rollback succeeds although the role lost its permissions before; the next reconcile run of the owner writes its policy', async () => {
  await deploy({ props: { adoptFrom: theirs } });
  expect(await owner()).toBe(mine);
  // The same template as before: AWS CloudFormation updates the permissions of the role first.
  await deploy({});
  expect(await owner()).toBe(theirs);
  expect(await writes(async () => world.live(1).catch(() => undefined))).toBe(1);
  expect(await owner()).toBe(theirs);
});
