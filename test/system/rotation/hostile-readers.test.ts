import { setImmediate } from 'node:timers/promises';
import { DecryptCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { DAY, AccountWorld, type Item } from './account-world';
import { failToDecrypt } from './failing-decrypt';
import { ALIAS, familyStack } from './family-stack';
import { errors, expectAllIntact, expectRotation, runUntil, STAGES } from './stages';
import type { WrittenOrder } from '../../../local/demo/orders-application';
import { OnConsumerFailure } from '../../../src/index';

/**
 * Ordinary applications that call KMS in a way that a rotation does not expect: each failed call is recorded, and
 * nothing is lost.
 */
const STACK = familyStack();
const CONTINUING = familyStack({ props: { onConsumerFailure: OnConsumerFailure.CONTINUE } });

let world: AccountWorld;
beforeEach(async () => {
  world = await AccountWorld.open({}, STACK);
  await world.writeOrders(8);
});
afterEach(() => world.close());

function order(index: number): WrittenOrder {
  return world.application.orders[index] as WrittenOrder;
}

async function expectRotated(): Promise<void> {
  await expectRotation(world);
  await expectAllIntact(world);
}

async function expectDeletedLater(): Promise<void> {
  await runUntil(world, '2 Enabled current');
  await expectAllIntact(world);
}

/** The outcome of a Decrypt call, after the watch has received its event. */
async function decrypt({ dataKey, tenantId }: Item, keyId?: string): Promise<string> {
  const request = new DecryptCommand({
    CiphertextBlob: dataKey?.B,
    KeyId: keyId,
    EncryptionContext: { tenant: tenantId?.S ?? '', purpose: 'orders' },
  });
  const outcome = await world.kms.send(request).then(() => 'readable', ({ name }: Error) => name);
  await world.account.idle();
  return outcome;
}

describe('a consumer that decrypts with KeyId = alias', () => {
  const failInRotation = () => world.atState('WaitAfterMove', async () => failToDecrypt(world, await world.readItem(order(0)), ALIAS));
  const readByAlias = async () => decrypt(await world.readItem(order(0)), ALIAS);

  test('fails after the move: the alias is moved back, and the consumer works again', async () => {
    failInRotation();
    const { result } = await world.rotate();
    expect(result).toMatchObject({ error: 'ConsumersFailed', cause: expect.stringMatching(/must not pass the alias/) });
    expect(world.lines.filter((line) => line.includes('consumer-failure-detected') && line.includes('IncorrectKeyException'))).toHaveLength(
      1,
    );
    expect(await world.generations()).toEqual(['1 Enabled current', '2 Enabled next']);
    expect(await readByAlias()).toBe('readable');
    await expectAllIntact(world);
    // After the repair of the consumer the next run continues with the created generation.
    await expectRotated();
    await expectDeletedLater();
  });

  test('is reported with OnConsumerFailure.CONTINUE, and works again when its record is re-encrypted', async () => {
    await world.account.deploy(CONTINUING);
    failInRotation();
    await expectRotated();
    expect(world.lines.filter((line) => line.includes('consumer-failure-detected') && line.includes('IncorrectKeyException'))).toHaveLength(1);
    const outcomes = new Set<string>();
    await runUntil(world, '2 Enabled current', async () => void outcomes.add(await readByAlias()));
    expect([...outcomes]).toEqual(['readable']);
    expect(errors(world)).toEqual([]);
    await expectAllIntact(world);
  });
});

describe('a table that is not declared as a store', () => {
  /** An order under the old generation, in another table. */
  let undeclared: Item;
  beforeEach(async () => {
    undeclared = await world.readItem(order(0));
    await expectRotated();
  });

  test('read every few hours: the use is seen while it still works, and the generation is never disabled', async () => {
    for (let halfDays = 0; halfDays < 30; halfDays++) {
      await world.account.runFor(DAY / 2);
      expect(await decrypt(undeclared)).toBe('readable');
    }
    expect(await world.generations()).toEqual([STAGES.observe, '2 Enabled current']);
    expect(world.lines.filter((line) => line.includes('retirement-decided')).at(-1)).toMatch(/last used by Decrypt at .*CloudTrail event/);
    // When the table is deleted or declared, the days without use begin.
    await expectDeletedLater();
  });

  test.each([['soak', 'DisabledException'], ['the pending window', 'KMSInvalidStateException']] as const)(
    'read again in %s: refused once, then the generation is enabled again, and it is readable', async (stage, refusal) => {
      await runUntil(world, STAGES[stage]);
      expect(await decrypt(undeclared)).toBe(refusal);
      await world.live(1);
      expect(errors(world)).toEqual(['StillInUse']);
      const line = world.lines.find((each) => each.includes('retirement-started-over'));
      expect(line).toMatch(new RegExp(`a call of Decrypt was refused at .*${refusal}`));
      expect((await world.generations())[0]).toBe('1 Enabled fenced');
      expect(await decrypt(undeclared)).toBe('readable');
      await expectAllIntact(world);
    });
});

describe('an application that keeps requesting data keys from the old key, by its id', () => {
  const refusals: object[] = [];
  /** Returns when the watch has recorded a denied call. */
  let requestDataKey: () => Promise<void>;
  const recordedCalls = () => world.evidence().filter(([key]) => key.startsWith('watch/')).length;
  beforeEach(async () => {
    refusals.length = 0;
    const { keyId } = await world.generation(1);
    requestDataKey = async () => {
      const before = recordedCalls();
      const refused = await world.kms.send(new GenerateDataKeyCommand({ KeyId: keyId, KeySpec: 'AES_256' })).then(
        () => undefined,
        (error: object) => error,
      );
      if (refused === undefined) return;
      refusals.push(refused);
      while (recordedCalls() === before) await setImmediate();
    };
  });

  test('stops the rotation before the fence, and the next one as well, until it stops', async () => {
    world.atState('Fence', requestDataKey);
    const { result } = await world.rotate();
    expect(result).toMatchObject({
      error: 'OldGenerationInUse', cause: expect.stringMatching(/^alias\/orders\/g1: .*GenerateDataKey at .*CloudTrail event/),
    });
    expect(await world.generations()).toEqual(['1 Enabled current', '2 Enabled current']);
    expect((await world.rotate()).result?.error).toBe('OldGenerationInUse');
    expect(refusals).toEqual([]);
    await world.live(1);
    await expectRotated();
  });

  test('is reported in soak, and the soak does not end while it calls', async () => {
    await expectRotated();
    await world.live(12, requestDataKey);
    expect(new Set(errors(world))).toEqual(new Set(['StillInUse']));
    expect(world.countCalls('ScheduleKeyDeletion')).toBe(0);
    await expectDeletedLater();
  });
});
