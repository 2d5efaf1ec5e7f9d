import { setImmediate } from 'node:timers/promises';
import { DecryptCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import type { AccountWorld, Item } from './account-world';

/** The effect of an event is known within so many turns of the event loop. */
const MAX_TURNS = 100_000;

/**
 * A consumer calls Decrypt for the data key of an order, and must be denied. Returns when the watch has
 * recorded the call.
 */
export async function failToDecrypt(world: AccountWorld, { tenantId, dataKey }: Item, keyId?: string): Promise<void> {
  const context = { tenant: tenantId?.S ?? '', purpose: 'orders' };
  await expectRecorded(world, () =>
    world.kms.send(new DecryptCommand({ KeyId: keyId, CiphertextBlob: dataKey?.B, EncryptionContext: context })));
}

/** An application requests a data key by key id, and must be denied. Returns when the watch has recorded the call. */
export async function failToEncrypt(world: AccountWorld, keyId: string): Promise<void> {
  await expectRecorded(world, () => world.kms.send(new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256' })));
}

async function expectRecorded(world: AccountWorld, call: () => Promise<unknown>): Promise<void> {
  const before = countRecordedCalls(world);
  await expect(call()).rejects.toThrow();
  for (let turn = 0; countRecordedCalls(world) === before; turn++) {
    if (turn > MAX_TURNS) throw new Error('the watch has not recorded a failed call');
    await setImmediate();
  }
}

function countRecordedCalls({ account, evidenceBucket }: AccountWorld): number {
  return [...account.laptop.s3.objects(evidenceBucket).keys()].filter((key) => key.startsWith('watch/')).length;
}
