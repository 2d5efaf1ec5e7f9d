import { PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { afterEach as afterEachCall, atStep, RotationWorld } from './rotation-world';

let world: RotationWorld;
beforeEach(async () => {
  world = await RotationWorld.open();
  await world.writeOrders(3);
});
afterEach(() => world.close());

test('the alias does not come to a generation that cannot encrypt', async () => {
  const disableNext = async () => world.disable((await world.readFamily()).generations[1]!.keyId);
  await expect(world.rotate('run-1', { watcher: atStep('move alias', disableNext) })).rejects.toMatchObject({
    name: 'KeyNotReady', message: expect.stringMatching(/key cannot encrypt, so the alias must not name it/),
  });
  expect((await world.readFamily()).current.generation).toBe(0);
  expect(await world.encryptsThroughAlias()).toBe(true);
});

test('the alias does not come to a generation whose policy denies encryption', async () => {
  const deny = async () => world.kms.send(new PutKeyPolicyCommand({
    KeyId: (await world.readFamily()).generations[1]!.keyId,
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Action: 'kms:*', Resource: '*' },
        { Effect: 'Deny', Principal: '*', Action: 'kms:Encrypt', Resource: '*' },
      ],
    }),
  }));
  await expect(world.rotate('run-1', { watcher: atStep('move alias', deny) })).rejects.toMatchObject({
    name: 'AccessDenied', message: expect.stringMatching(/allow the control role kms:Encrypt/),
  });
  expect((await world.readFamily()).current.generation).toBe(0);
});

test('nothing is counted behind a fence that does not hold', async () => {
  const { current: old } = await world.readFamily();
  const undo = () => world.kms.send(new PutKeyPolicyCommand({ KeyId: old.keyId, Policy: world.description.policyDocument }));
  await expect(world.rotate('run-1', { around: afterEachCall('PutKeyPolicy', undo) })).rejects.toMatchObject({
    name: 'VerificationFailed', message: expect.stringMatching(/^alias\/orders\/g0: fence does not hold/),
  });
  expect((await world.readFamily()).generations[0]?.keyState).toBe('Enabled');
  expect(await world.countReadableOrders()).toBe(3);
});
