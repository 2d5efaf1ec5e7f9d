import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  currentOf,
  isExternal,
  lose,
  metadataOf,
  refusalOfChange,
  refusalOfUse,
  stateOf,
  type Key,
  type Material,
  type Refusal,
} from './kms-model';
import { step, type Step } from './step';
import { advance, expectOutcome, keyAt, type World } from './world';
import { DAY, describeKey, wrapped } from '../local-kms-bench';

const keys = fc.nat(1);
const HOUR = DAY / 24;

export const disable: fc.Arbitrary<Step> = keys.map((at) => step('DisableKey', { at }, async (model, { kms }) => {
  const key = keyAt(model, at);
  const refusal = refusalOfChange(key, 'PendingDeletion', 'PendingImport');
  await expectOutcome(refusal, kms.disableKey({ KeyId: key.created.KeyId }));
  if (refusal === undefined) key.disabled = true;
}));

export const enable: fc.Arbitrary<Step> = keys.map((at) => step('EnableKey', { at }, async (model, { kms }) => {
  const key = keyAt(model, at);
  const refusal = refusalOfChange(key, 'PendingDeletion', 'PendingImport');
  await expectOutcome(refusal, kms.enableKey({ KeyId: key.created.KeyId }));
  if (refusal === undefined) key.disabled = false;
}));

export const scheduleDeletion: fc.Arbitrary<Step> = fc.record({ at: keys, days: fc.integer({ min: 7, max: 30 }) }).map(
  ({ at, days }) => step('ScheduleKeyDeletion', { at, days }, async (model, { kms }) => {
    const key = keyAt(model, at);
    const refusal = refusalOfChange(key, 'PendingDeletion');
    await expectOutcome(refusal, kms.scheduleKeyDeletion({ KeyId: key.created.KeyId, PendingWindowInDays: days }));
    if (refusal === undefined) key.deletionAt = model.now + days * DAY;
  }));

export const cancelDeletion: fc.Arbitrary<Step> = keys.map((at) => step('CancelKeyDeletion', { at }, async (model, { kms }) => {
  const key = keyAt(model, at);
  const refusal = refusalOfChange(key, 'Enabled', 'Disabled', 'PendingImport');
  await expectOutcome(refusal, kms.cancelKeyDeletion({ KeyId: key.created.KeyId }));
  if (refusal !== undefined) return;
  key.deletionAt = undefined;
  key.disabled = true;
}));

export const moveAlias: fc.Arbitrary<Step> = keys.map((at) => step('UpdateAlias', { at }, async (model, { kms, alias }) => {
  const key = keyAt(model, at);
  const refusal = key.gone || model.aliased === undefined ? 'NotFoundException' : refusalOfChange(key, 'PendingDeletion');
  await expectOutcome(refusal, kms.updateAlias({ AliasName: alias, TargetKeyId: key.created.KeyId }));
  if (refusal === undefined) model.aliased = key;
}));

export const rotate: fc.Arbitrary<Step> = keys.map((at) => step('RotateKeyOnDemand', { at }, async (model, { kms }) => {
  const key = keyAt(model, at);
  const refusal = refusalOfUse(key) ?? (isExternal(key) && key.pending === undefined ? 'KMSInvalidStateException' : undefined);
  await expectOutcome(refusal, kms.rotateKeyOnDemand({ KeyId: key.created.KeyId }));
  if (refusal !== undefined) return;
  key.materials.push(key.pending ?? { id: await newMaterialId(key, kms), present: true });
  key.pending = undefined;
}));

export const importMaterial: fc.Arbitrary<Step> = fc.record({
  at: fc.constantFrom(1, 1, 1, 0),
  bytes: fc.nat(2),
  /** Most callers know what they import. */
  asItIs: fc.constantFrom(true, true, true, false),
  days: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
}).map(({ at, bytes, asItIs, days }) => step('ImportKeyMaterial', { at, bytes, asItIs, days }, async (model, { kms }) => {
  const key = keyAt(model, at);
  const known = [...key.materials, key.pending].find((material) => material !== undefined && material.bytes === bytes);
  const importType = (known === undefined) === asItIs ? 'NEW_KEY_MATERIAL' : 'EXISTING_KEY_MATERIAL';
  const refusal = refusalOfChange(key, 'PendingDeletion') ?? refusalOfExternalKey(key) ?? refusalOfImport(key, known, importType);
  const expiresAt = days === undefined ? undefined : model.now + days * DAY;
  const answer = await expectOutcome(
    refusal,
    wrapped(kms, key.created.KeyId, bytesOf(bytes)).then(async (parameters) =>
      kms.importKeyMaterial({
        ...parameters,
        KeyId: key.created.KeyId,
        ImportType: importType,
        ExpirationModel: expiresAt === undefined ? 'KEY_MATERIAL_DOES_NOT_EXPIRE' : 'KEY_MATERIAL_EXPIRES',
        ValidTo: expiresAt === undefined ? undefined : new Date(expiresAt),
      }),
    ),
  );
  if (answer !== undefined) arrive(key, { id: answer.KeyMaterialId!, bytes, present: true, expiresAt }, known);
}));

export const deleteMaterial: fc.Arbitrary<Step> = fc
  .record({ at: fc.constantFrom(1, 1, 1, 0), which: fc.option(fc.nat(3), { nil: undefined }) })
  .map(({ at, which }) =>
    step('DeleteImportedKeyMaterial', { at, which }, async (model, { kms }) => {
      const key = keyAt(model, at);
      const all = [...key.materials, ...(key.pending === undefined ? [] : [key.pending])];
      const material = which === undefined ? currentOf(key) : all[which % Math.max(all.length, 1)];
      const refusal = refusalOfExternalKey(key);
      const named = which === undefined ? undefined : material?.id;
      await expectOutcome(refusal, kms.deleteImportedKeyMaterial({ KeyId: key.created.KeyId, KeyMaterialId: named }));
      if (refusal !== undefined || material === undefined) return;
      if (material === key.pending) key.pending = undefined;
      else lose(material);
    }),
  );

/** Hours or weeks: time has the effects that are due, and no other effect on a key. */
export const letTimePass: fc.Arbitrary<Step> = fc.oneof(fc.integer({ min: 1, max: 48 }), fc.integer({ min: 48, max: 500 })).map(
  (hours) => step('time passes', { hours }, async (model, real) => {
    await advance(model, real, hours * HOUR);
    for (const key of model.keys) await expectAsModelled(key, real);
  }));

/** The key is exactly as in the model, or deleted. */
export async function expectAsModelled(key: Key, { kms }: World): Promise<void> {
  const answer = await expectOutcome(key.gone ? 'NotFoundException' : undefined, kms.describeKey({ KeyId: key.created.KeyId }));
  if (answer !== undefined) expect(answer.KeyMetadata).toEqual(metadataOf(key));
}

function refusalOfExternalKey(key: Key): Refusal {
  if (key.gone) return 'NotFoundException';
  return isExternal(key) ? undefined : 'UnsupportedOperationException';
}

function refusalOfImport(key: Key, known: Material | undefined, importType: 'NEW_KEY_MATERIAL' | 'EXISTING_KEY_MATERIAL'): Refusal {
  if ((importType === 'EXISTING_KEY_MATERIAL') !== (known !== undefined)) return 'IncorrectKeyMaterialException';
  return known === undefined && key.pending !== undefined ? 'KMSInvalidStateException' : undefined;
}

/** Known key material is restored, the first one is current at once, and all others are pending rotation. */
function arrive(key: Key, material: Material, known: Material | undefined): void {
  const lacked = stateOf(key) === 'PendingImport';
  if (known !== undefined) {
    expect(material.id).toBe(known.id);
    Object.assign(known, { present: true, expiresAt: material.expiresAt });
  } else if (key.materials.length === 0) {
    key.materials.push(material);
  } else {
    key.pending = material;
  }
  // A key with all of its key material is Enabled, even if it was disabled before.
  if (lacked && stateOf(key) !== 'PendingImport') key.disabled = false;
}

/** Key material that KMS generates for a rotation has an id that the key never had. */
async function newMaterialId(key: Key, kms: World['kms']): Promise<string> {
  const { CurrentKeyMaterialId: id } = await describeKey(kms, key.created.KeyId);
  expect(id).toMatch(/^[0-9a-f]{64}$/);
  expect(key.materials.map((material) => material.id)).not.toContain(id);
  return id!;
}

function bytesOf(index: number): Buffer {
  return createHash('sha256').update(`material ${index}`).digest();
}
