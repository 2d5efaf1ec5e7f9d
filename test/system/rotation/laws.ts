import { createHash } from 'node:crypto';
import { DecryptCommand, EncryptCommand } from '@aws-sdk/client-kms';
import { ALIAS } from './family-stack';
import type { FamilyWorld } from './family-world';
import { intercept, type OutgoingCall } from './source-functions';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import type { FamilyRegister } from '../../../lambda/key-family/family';
import { readRegister } from '../../../lambda/key-family/read-family';

/** After these the alias might dangle, or name a key that cannot encrypt. */
const MAY_BREAK_THE_ALIAS = ['UpdateAlias', 'DeleteAlias', 'PutKeyPolicy', 'DisableKey', 'ScheduleKeyDeletion', 'CancelKeyDeletion'];

/** What nobody may ever have done with a key whose number was not claimed. */
const USES = ['Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncrypt', 'Decrypt'];

/**
 * Watches the calls that could break a law, at the moment at which they would: the alias always names a key that encrypts, and no key is
 * scheduled for deletion while a record stands under it, or before it has its certificate.
 *
 * What comes back is the list of violations, which grows as they happen: a law that threw would only seem an error of AWS.
 */
export function watchLaws(world: FamilyWorld): readonly string[] {
  const violations: string[] = [];
  const note = (violation: string | undefined) => { if (violation !== undefined) violations.push(violation); };
  intercept(world.interceptors, {
    call: async (call, proceed) => {
      if (call.operation === 'UpdateAlias') note(await cannotEncrypt(world, String(call.input.TargetKeyId), 'the alias is about to name a key that cannot encrypt'));
      if (call.operation === 'ScheduleKeyDeletion') for (const violation of await whatSpeaksAgainstDeletion(world, call)) note(violation);
      try {
        return await proceed();
      } finally {
        if (MAY_BREAK_THE_ALIAS.includes(call.operation)) note(await cannotEncrypt(world, ALIAS, `after ${call.operation} the alias names no key that encrypts`));
      }
    },
  });
  return violations;
}

/** What holds at any moment: every data key opens to what it always was, the alias works, and no key is in use that nobody has claimed. */
export async function expectNothingLost(world: FamilyWorld): Promise<void> {
  expect((await whereDataKeysStand(world)).filter(({ outcome }) => outcome !== 'same')).toEqual([]);
  expect(await world.encryptsThroughAlias()).toBe(true);
  const { unclaimed, orphans } = await lookAt(world);
  for (const { keyArn } of [...unclaimed, ...orphans]) expect(usesOf(world, keyArn)).toEqual([]);
}

/** What holds as long as nobody puts anything back: under a generation that is said to be empty stands nothing. */
export async function expectEmptyWhereSaid(world: FamilyWorld): Promise<void> {
  const { generations } = await lookAt(world);
  const emptied = generations.filter(({ emptiedSince }) => emptiedSince !== undefined).map(({ keyArn }) => keyArn);
  expect((await whereDataKeysStand(world)).filter(({ keyArn }) => emptied.includes(keyArn))).toEqual([]);
}

/** What holds when a rotation has come to its end: one generation more, everything under it, and all that came before fenced and empty. */
export async function expectRotatedTo(world: FamilyWorld, current: number): Promise<void> {
  await expectNothingLost(world);
  await expectEmptyWhereSaid(world);
  expect(await world.checkOrders()).toEqual(world.application.orders.map(() => 'intact'));
  const { generations } = await lookAt(world);
  expect(generations.map(({ generation }) => generation)).toEqual(Array.from({ length: current }, (_, index) => index + 1));
  for (const { generation, keyState, phase, fencedSince, emptiedSince } of generations) {
    const isCurrent = generation === current;
    expect([generation, keyState, phase]).toEqual([generation, 'Enabled', isCurrent ? 'current' : 'fenced']);
    expect([fencedSince !== undefined, emptiedSince !== undefined]).toEqual([!isCurrent, !isCurrent]);
  }
  // Bytes of one's own: no two generations were given the same.
  const versions = generations.flatMap(({ materialVersion }) => materialVersion ?? []);
  expect(new Set(versions).size).toBe(versions.length);
  expect((await world.readFamily()).current.generation).toBe(current);
}

/** The family as it is, without repairing anything: a contradiction between aliases and tags is thrown. */
export async function lookAt(world: FamilyWorld): Promise<FamilyRegister> {
  return readRegister(ALIAS, new KmsKeyFamily(world.kms));
}

interface Standing {
  readonly orderId: string;
  readonly outcome: string;
  /** Under which key. Empty when KMS would not open it. */
  readonly keyArn: string;
}

/** Asks KMS for each data key, whatever generation it stands under, and compares it with what it was. */
async function whereDataKeysStand(world: FamilyWorld): Promise<Standing[]> {
  return Promise.all(world.application.orders.map(async ({ orderId, tenantId, dataKeyHash }): Promise<Standing> => {
    const { dataKey } = await world.readItem({ orderId, tenantId });
    try {
      const question = new DecryptCommand({ CiphertextBlob: dataKey?.B, EncryptionContext: { tenant: tenantId, purpose: 'orders' } });
      const { Plaintext, KeyId } = await world.kms.send(question);
      const hash = createHash('sha256').update(Plaintext as Uint8Array).digest('hex');
      return { orderId, outcome: hash === dataKeyHash ? 'same' : 'another data key', keyArn: KeyId as string };
    } catch (error) {
      return { orderId, outcome: (error as Error).name, keyArn: '' };
    }
  }));
}

async function cannotEncrypt({ kms }: FamilyWorld, KeyId: string, law: string): Promise<string | undefined> {
  return kms.send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('anything') })).then(() => undefined, (error: Error) => `${law}: ${error.name}`);
}

async function whatSpeaksAgainstDeletion(world: FamilyWorld, { input }: OutgoingCall): Promise<string[]> {
  const keyId = String(input.KeyId);
  const isIt = (keyArn: string) => keyArn.endsWith(keyId);
  const stands = await whereDataKeysStand(world);
  const dependent = stands.filter(({ keyArn, outcome }) => isIt(keyArn) || outcome !== 'same').map(({ orderId }) => orderId);
  const { generations, current } = await lookAt(world);
  const claimed = generations.find(({ keyArn }) => isIt(keyArn));
  const certified = world.certificates().some((certificate) => certificate.keyArn === claimed?.keyArn && certificate.quarantined === 0);
  return [
    ...(dependent.length === 0 ? [] : [`deletion scheduled while ${dependent.join(', ')} depend on it`]),
    ...(claimed === undefined || certified ? [] : [`deletion of generation ${claimed.generation} scheduled before it has a certificate`]),
    ...(claimed === undefined || claimed !== current ? [] : ['deletion of the current generation scheduled']),
  ];
}

function usesOf(world: FamilyWorld, keyArn: string): string[] {
  return world.account.laptop.kms.audit.records
    .filter(({ keyArns, operation, status, dryRun }) => keyArns.includes(keyArn) && USES.includes(operation) && status === 'answered' && dryRun !== true)
    .map(({ operation, accessKey }) => `${operation} by ${accessKey}`);
}
