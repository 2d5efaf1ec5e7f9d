import { GetKeyPolicyCommand } from '@aws-sdk/client-kms';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { isSamePolicy } from '../../../lambda/key-family/policy/same-policy';
import { intercept } from '../../../local/account/source-functions';
import type { FamilyDescription } from '../../../src/contract/family/family-description';
import { AccountWorld } from '../rotation/account-world';
import { familyStack } from '../rotation/family-stack';
import { addUser, failAfterwards } from '../rotation/stack-changes';

let world: AccountWorld;

beforeEach(async () => {
  world = await AccountWorld.open();
});

afterEach(async () => world.close());

/**
 * Holds the calls of the next Update at one operation until `thaw`, and gives it no time, so that it answers FAILED.
 */
function freezeNextUpdate(operation: string) {
  let thaw: () => void = () => undefined;
  const thawed = new Promise<void>((resolve) => { thaw = resolve; });
  const calls: string[] = [];
  const frozen: Promise<unknown>[] = [];
  let updates = 0;
  const remove = intercept(world.interceptors, {
    invocation: async (asset, event, proceed) => {
      const { RequestType } = event as { RequestType?: string };
      if (asset !== 'control' || RequestType !== 'Update' || updates++ > 0) return proceed();
      return proceed({ getRemainingTimeInMillis: () => 15_000 });
    },
    call: (call, proceed) => {
      if (call.asset !== 'control' || updates !== 1) return proceed();
      calls.push(call.operation);
      if (call.operation !== operation) return proceed();
      const held = thawed.then(proceed);
      frozen.push(held.catch(() => undefined));
      return held;
    },
  });
  return { calls, thaw: async () => { thaw(); await Promise.all(frozen); await world.account.idle(); remove(); } };
}

const declared = () => JSON.parse(String(world.stack.resourcesOfType('Custom::RotatingKey')[0]?.properties.Family)) as FamilyDescription;

async function policyOfCurrent(): Promise<string> {
  const { current } = await world.readFamily();
  return (await world.kms.send(new GetKeyPolicyCommand({ KeyId: current.keyId }))).Policy ?? '';
}

test('an update that ran out of time is thawed after its deployment was rolled back: the policy stays that of the old deployment', async () => {
  const update = freezeNextUpdate('ListAliases');
  await expect(world.account.deploy(familyStack({ change: addUser }))).rejects.toThrow('the function ran out of time');
  await update.thaw();
  expect(isSamePolicy(await policyOfCurrent(), generationPolicy(declared(), 'current'))).toBe(true);
  expect(update.calls).toEqual(['ListObjectsV2', 'PutObject', 'ListAliases']);
});

test('an update that ran out of time is thawed in the next deployment, with another declaration: it writes nothing', async () => {
  const update = freezeNextUpdate('ListAliases');
  await expect(world.account.deploy(familyStack({ change: addUser }))).rejects.toThrow('the function ran out of time');
  await expect(world.account.deploy(familyStack({ change: failAfterwards }))).rejects.toThrow();
  const before = world.countCalls('PutKeyPolicy') + world.countCalls('TagResource');
  await update.thaw();
  expect(world.countCalls('PutKeyPolicy') + world.countCalls('TagResource')).toBe(before);
  expect(isSamePolicy(await policyOfCurrent(), generationPolicy(declared(), 'current'))).toBe(true);
});
