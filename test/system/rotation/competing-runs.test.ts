import { TagResourceCommand } from '@aws-sdk/client-kms';
import { AccountWorld } from './account-world';
import { familyStack } from './family-stack';
import { GenerationTag } from '../../../src/contract/family/generation-tags';

const STACK = familyStack();

let world: AccountWorld;
beforeEach(async () => {
  world = await AccountWorld.open({}, STACK);
  await world.writeOrders(4);
});
afterEach(() => world.close());

test('of two runs one rotates, and the other is superseded', async () => {
  const runs = await Promise.all([world.start('rotation', {}, 'run-1'), world.start('rotation', {}, 'run-2')]);
  await world.account.idle();
  expect(runs.map(({ status }) => status).sort()).toEqual(['FAILED', 'SUCCEEDED']);
  expect(runs.find(({ status }) => status === 'FAILED')?.result?.error).toBe('RunSuperseded');
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
  expect(await world.checkOrders()).toEqual(Array(4).fill('intact'));
});

test('a run fails while another one is rotating, and its error names that run', async () => {
  let other: Awaited<ReturnType<AccountWorld['start']>> | undefined;
  world.atState('Fence', async () => {
    other = await world.start('rotation', {}, 'run-2');
    await other.untilEnded();
  });
  const { status } = await world.run('rotation', {}, 'run-1');
  expect(status).toBe('SUCCEEDED');
  expect(other?.result).toMatchObject({ error: 'RunSuperseded', cause: expect.stringMatching(/got run [^;]*:run-2@[^;]*; allowed: run [^;]*:run-1@/) });
});

test.each(['MoveAlias', 'Fence', 'BeginPass', 'ConcludeRotation'])('a superseded run does not %s', async (state) => {
  world.atState(state, async () => {
    const { keyId } = await world.generation(2);
    await world.breakGlass.send(new TagResourceCommand({ KeyId: keyId, Tags: [{ TagKey: GenerationTag.RUN, TagValue: 'another-run' }] }));
  });
  expect((await world.rotate()).result?.error).toBe('RunSuperseded');
  expect(await world.generation(1)).toMatchObject({ keyState: 'Enabled', emptiedSince: undefined });
  expect(await world.unreadableOrders()).toEqual([]);
  // The other run has ended, so the next one finishes the rotation.
  expect((await world.rotate()).status).toBe('SUCCEEDED');
  expect(await world.generations()).toEqual(['1 Enabled fenced', '2 Enabled current']);
  expect(await world.checkOrders()).toEqual(Array(4).fill('intact'));
});
