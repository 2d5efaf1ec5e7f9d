import type { KMS } from '@aws-sdk/client-kms';
import * as fc from 'fast-check';
import {
  aKey, aLocalKms, anExternalKey, anImportedKey, DAY, decryptText, describeKey, encryptText, MINUTE, refusalOf, THE_BEGINNING,
} from '../../local-kms-bench';

const after = (days: number) => new Date(THE_BEGINNING.getTime() + days * DAY);

async function statusOf(kms: KMS, KeyId: string) {
  const { $metadata, ...status } = await kms.getKeyRotationStatus({ KeyId });
  expect($metadata.httpStatusCode).toBe(200);
  return status;
}

/** The members of each rotation in ListKeyRotations. */
async function rotationsOf(kms: KMS, KeyId: string) {
  return (await kms.listKeyRotations({ KeyId })).Rotations!.map(({ RotationType, RotationDate }) => [RotationType, RotationDate]);
}

describe('the schedule', () => {
  test('begins when it is enabled, with a default period of 365 days', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId, Arn } = await aKey(kms);
    expect(await statusOf(kms, KeyId)).toEqual({ KeyId: Arn, KeyRotationEnabled: false });
    server.clock.advance(DAY);

    await kms.enableKeyRotation({ KeyId });

    expect(await statusOf(kms, KeyId)).toEqual({
      KeyId: Arn,
      KeyRotationEnabled: true,
      NextRotationDate: after(366),
      RotationPeriodInDays: 365,
    });
  });

  test.each([90, 2560])('can be of %d days', async (RotationPeriodInDays) => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    await kms.enableKeyRotation({ KeyId, RotationPeriodInDays });
    expect(await statusOf(kms, KeyId)).toMatchObject({ RotationPeriodInDays, NextRotationDate: after(RotationPeriodInDays) });
  });

  test.each([
    [89, 'greater than or equal to 90'],
    [2561, 'less than or equal to 2560'],
  ])('cannot be of %d days', async (RotationPeriodInDays, rule) => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    expect(await refusalOf(kms.enableKeyRotation({ KeyId, RotationPeriodInDays }))).toBe(
      'ValidationException: 1 validation error detected: ' +
        `Value '${RotationPeriodInDays}' at 'rotationPeriodInDays' failed to satisfy constraint: Member must have value ${rule}`,
    );
  });

  test('another period moves the next date; the same one, or none, changes nothing', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 100 });
    server.clock.advance(10 * DAY);

    await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 100 });
    await kms.enableKeyRotation({ KeyId });
    expect(await statusOf(kms, KeyId)).toMatchObject({ NextRotationDate: after(100), RotationPeriodInDays: 100 });

    await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 200 });
    expect(await statusOf(kms, KeyId)).toMatchObject({ NextRotationDate: after(210), RotationPeriodInDays: 200 });
  });

  test('ends when it is disabled, and is not stored', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId, Arn } = await aKey(kms);
    await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 100 });
    await kms.disableKeyRotation({ KeyId });
    await kms.disableKeyRotation({ KeyId });
    expect(await statusOf(kms, KeyId)).toEqual({ KeyId: Arn, KeyRotationEnabled: false });
    server.clock.advance(101 * DAY);
    expect(await rotationsOf(kms, KeyId)).toEqual([]);

    await kms.enableKeyRotation({ KeyId });
    expect(await statusOf(kms, KeyId)).toMatchObject({ RotationPeriodInDays: 365 });
  });
});

describe('an automatic rotation', () => {
  test('happens at its date and not before, and old ciphertexts can still be decrypted', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId, CurrentKeyMaterialId: first } = await aKey(kms);
    await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    const old = await encryptText(kms, KeyId, 'old text');

    server.clock.advance(90 * DAY - 1);
    expect(await describeKey(kms, KeyId)).toMatchObject({ CurrentKeyMaterialId: first });
    server.clock.advance(1);
    const { CurrentKeyMaterialId: second } = await describeKey(kms, KeyId);

    expect(second).not.toBe(first);
    expect((await kms.listKeyRotations({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })).Rotations).toEqual([
      { KeyId, KeyMaterialId: first, KeyMaterialState: 'NON_CURRENT' },
      { KeyId, KeyMaterialId: second, KeyMaterialState: 'CURRENT', RotationType: 'AUTOMATIC', RotationDate: after(90) },
    ]);
    expect(await decryptText(kms, old)).toBe('old text');
    expect((await kms.generateDataKey({ KeyId, KeySpec: 'AES_256' })).KeyMaterialId).toBe(second);
    expect(await statusOf(kms, KeyId)).toMatchObject({ NextRotationDate: after(180) });
  });

  test('happens once for every period, even if the clock jumps, and every ciphertext can be decrypted', async () => {
    const { server, kms } = await aLocalKms();
    await fc.assert(fc.asyncProperty(
      fc.integer({ min: 90, max: 400 }), fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 5 }),
      async (RotationPeriodInDays, jumps) => {
        const begin = server.clock.now().getTime();
        const { KeyId } = await aKey(kms);
        await kms.enableKeyRotation({ KeyId, RotationPeriodInDays });
        const blobs: Uint8Array[] = [];
        let days = 0;
        for (const jump of jumps) {
          blobs.push(await encryptText(kms, KeyId, 'text'));
          server.clock.advance(jump * DAY);
          days += jump;
        }

        const expected: unknown[] = [];
        for (let day = RotationPeriodInDays; day <= days; day += RotationPeriodInDays) {
          expected.push(['AUTOMATIC', new Date(begin + day * DAY)]);
        }
        expect(await rotationsOf(kms, KeyId)).toEqual(expected);
        for (const blob of blobs) expect(await decryptText(kms, blob)).toBe('text');
      }), { numRuns: 25 });
  });

  test('does not count as an on-demand rotation, which does not change its date', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    server.clock.advance(10 * DAY);
    await kms.rotateKeyOnDemand({ KeyId });
    expect(await statusOf(kms, KeyId)).toMatchObject({ NextRotationDate: after(90) });

    server.clock.advance(170 * DAY);
    expect(await rotationsOf(kms, KeyId)).toEqual([['ON_DEMAND', after(10)], ['AUTOMATIC', after(90)], ['AUTOMATIC', after(180)]]);
    for (let times = 1; times < 25; times++) await kms.rotateKeyOnDemand({ KeyId });
    expect(await refusalOf(kms.rotateKeyOnDemand({ KeyId }))).toMatch(/^LimitExceededException: /);
  });

  test('prevents on-demand rotations in the 20 minutes before it', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId, Arn } = await aKey(kms);
    await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    const refused = `ConflictException: An automatic rotation of ${Arn} is due within the next 20 minutes.`;

    server.clock.set(new Date(after(90).getTime() - 20 * MINUTE - 1));
    await kms.rotateKeyOnDemand({ KeyId });
    server.clock.advance(1);
    expect(await refusalOf(kms.rotateKeyOnDemand({ KeyId }))).toBe(refused);
    server.clock.advance(20 * MINUTE - 1);
    expect(await refusalOf(kms.rotateKeyOnDemand({ KeyId }))).toBe(refused);
    server.clock.advance(1);
    await kms.rotateKeyOnDemand({ KeyId });
    expect((await rotationsOf(kms, KeyId)).map(([type]) => type)).toEqual(['ON_DEMAND', 'AUTOMATIC', 'ON_DEMAND']);
  });
});

describe('while a key is disabled', () => {
  test('it keeps its schedule, which cannot be changed', async () => {
    const { kms } = await aLocalKms();
    const { KeyId, Arn } = await aKey(kms);
    await kms.enableKeyRotation({ KeyId });
    await kms.disableKey({ KeyId });
    expect(await statusOf(kms, KeyId)).toMatchObject({ KeyRotationEnabled: true, NextRotationDate: after(365) });
    expect(await refusalOf(kms.enableKeyRotation({ KeyId }))).toBe(`DisabledException: ${Arn} is disabled.`);
    expect(await refusalOf(kms.disableKeyRotation({ KeyId }))).toBe(`DisabledException: ${Arn} is disabled.`);
  });

  test('it is not rotated; an overdue rotation happens as soon as it is enabled, and the schedule continues from there', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    await kms.disableKey({ KeyId });
    server.clock.advance(300 * DAY);
    expect(await rotationsOf(kms, KeyId)).toEqual([]);

    await kms.enableKey({ KeyId });
    server.clock.advance(100 * DAY);

    expect(await rotationsOf(kms, KeyId)).toEqual([['AUTOMATIC', after(300)], ['AUTOMATIC', after(390)]]);
  });

  test('what is not overdue keeps its date', async () => {
    const { server, kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
    await kms.disableKey({ KeyId });
    server.clock.advance(89 * DAY);
    await kms.enableKey({ KeyId });
    server.clock.advance(DAY);
    expect(await rotationsOf(kms, KeyId)).toEqual([['AUTOMATIC', after(90)]]);
  });
});

test('a key that is pending deletion is not rotated; after the deletion is cancelled and the key enabled, rotation continues', async () => {
  const { server, kms } = await aLocalKms();
  const { KeyId, Arn } = await aKey(kms);
  await kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 90 });
  server.clock.advance(80 * DAY);
  await kms.scheduleKeyDeletion({ KeyId });
  expect(await statusOf(kms, KeyId)).toEqual({ KeyId: Arn, KeyRotationEnabled: false });
  expect(await refusalOf(kms.enableKeyRotation({ KeyId }))).toBe(`KMSInvalidStateException: ${Arn} is pending deletion.`);
  server.clock.advance(20 * DAY);

  await kms.cancelKeyDeletion({ KeyId });
  expect(await statusOf(kms, KeyId)).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 90 });
  expect(await rotationsOf(kms, KeyId)).toEqual([]);
  await kms.enableKey({ KeyId });
  expect(await rotationsOf(kms, KeyId)).toEqual([['AUTOMATIC', after(100)]]);
  expect(await statusOf(kms, KeyId)).toMatchObject({ NextRotationDate: after(190) });
});

describe('keys that KMS does not rotate by itself', () => {
  test('imported material: no, in every state', async () => {
    const { kms } = await aLocalKms();
    for (const { KeyId, Arn } of [await anImportedKey(kms), await anExternalKey(kms)]) {
      const refused = `UnsupportedOperationException: ${Arn} origin is EXTERNAL which is not valid for this operation.`;
      expect(await refusalOf(kms.enableKeyRotation({ KeyId }))).toBe(refused);
      expect(await refusalOf(kms.disableKeyRotation({ KeyId }))).toBe(refused);
    }
    const { KeyId, Arn } = await anImportedKey(kms);
    expect(await statusOf(kms, KeyId)).toEqual({ KeyId: Arn, KeyRotationEnabled: false });
  });

  test.each([
    { KeySpec: 'ECC_NIST_P256' as const, KeyUsage: 'SIGN_VERIFY' as const },
    { KeySpec: 'HMAC_256' as const, KeyUsage: 'GENERATE_VERIFY_MAC' as const },
    { KeySpec: 'ECC_NIST_P256' as const, KeyUsage: 'SIGN_VERIFY' as const, Origin: 'EXTERNAL' as const },
  ])('nor is any rotation call for %o', async (kind) => {
    const { kms } = await aLocalKms();
    const KeyId = (await kms.createKey(kind)).KeyMetadata!.KeyId!;
    const calls = [
      kms.enableKeyRotation({ KeyId }),
      kms.disableKeyRotation({ KeyId }),
      kms.getKeyRotationStatus({ KeyId }),
      kms.listKeyRotations({ KeyId }),
      kms.rotateKeyOnDemand({ KeyId }),
    ];
    for (const call of calls.map(refusalOf)) expect(await call).toMatch(/^(UnsupportedOperation|KMSInvalidState)Exception: /);
  });
});

test('the status can be read from another account with permission', async () => {
  const everybody = { decide: () => undefined };
  const { kms, as } = await aLocalKms({ authorizer: everybody });
  const { Arn } = await aKey(kms);
  expect(await statusOf(as('111122223333'), Arn)).toEqual({ KeyId: Arn, KeyRotationEnabled: false });
});
