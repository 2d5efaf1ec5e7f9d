import { setImmediate } from 'node:timers/promises';
import { DecryptCommand } from '@aws-sdk/client-kms';
import type { FamilyWorld, Item } from './family-world';

/** What becomes of an event is known after so many turns of the event loop, or something is wrong. */
const MOST_TURNS = 100_000;

/** A consumer asks KMS to decrypt the data key of an order, and must be refused. Comes back when the watch has noted it. */
export async function askInVain(world: FamilyWorld, { tenantId, dataKey }: Item, keyId?: string): Promise<void> {
  const noted = countNotes(world);
  const context = { tenant: tenantId?.S ?? '', purpose: 'orders' };
  await expect(world.kms.send(new DecryptCommand({ KeyId: keyId, CiphertextBlob: dataKey?.B, EncryptionContext: context }))).rejects.toThrow();
  for (let turn = 0; countNotes(world) === noted; turn++) {
    if (turn > MOST_TURNS) throw new Error('the watch has not noted a call that failed');
    await setImmediate();
  }
}

function countNotes({ account, evidenceBucket }: FamilyWorld): number {
  return [...account.laptop.s3.objects(evidenceBucket).keys()].filter((key) => key.startsWith('watch/')).length;
}
