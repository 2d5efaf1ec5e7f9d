import { invalidState, limitExceeded } from '../errors';
import { generateMaterial } from './generate-material';
import type { KeyMaterial } from './key-material';
import type { KmsKey } from '../keys/kms-key';
import { listInOrder, page } from '../keys/pages';
import { operation, seconds } from '../operations/operation';
import { KEY_ID, LIMIT, MARKER } from '../shape/members';
import { oneOf, optional, structure } from '../shape/shape';

/** For the whole life of a key; nothing gives one back. */
const MOST_ON_DEMAND_ROTATIONS = 25;

/** Done when it answers; AWS takes some seconds more. */
export const rotateKeyOnDemand = operation(structure({ KeyId: KEY_ID }), async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('RotateKeyOnDemand', key);
  if (key.onDemandRotations >= MOST_ON_DEMAND_ROTATIONS) {
    throw limitExceeded(
      'The on-demand rotations limit has been reached for the given keyId. '
      + `No more on-demand rotations can be performed for this key: ${key.arn}`);
  }
  key.materials.rotateTo(await nextMaterial(key), call.now);
  key.onDemandRotations += 1;
  return { KeyId: key.arn };
});

async function nextMaterial(key: KmsKey): Promise<KeyMaterial> {
  if (key.origin === 'AWS_KMS') return { ...await generateMaterial(key.keyId, key.keySpec), use: 'CURRENT' };
  const { pending } = key.materials;
  if (pending === undefined) throw invalidState(`No available key material pending rotation for the key: ${key.arn}.`);
  return pending;
}

/** Automatic rotation cannot be switched on here yet, so that it is off; an on-demand rotation never runs while a call is answered. */
export const getKeyRotationStatus = operation(structure({ KeyId: KEY_ID }), async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('GetKeyRotationStatus', key);
  return { KeyId: key.arn, KeyRotationEnabled: false };
});

const LIST_KEY_ROTATIONS = structure({
  KeyId: KEY_ID,
  IncludeKeyMaterial: optional(oneOf('ALL_KEY_MATERIAL', 'ROTATIONS_ONLY')),
  Limit: optional(LIMIT),
  Marker: optional(MARKER),
});

/** In the order in which the materials came to the key. */
export const listKeyRotations = operation(LIST_KEY_ROTATIONS, async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('ListKeyRotations', key);
  const all = request.IncludeKeyMaterial === 'ALL_KEY_MATERIAL';
  const materials = key.materials.all.filter((material) => all || material.rotatedAt !== undefined);
  const { entries, ...end } = page('ListKeyRotations', listInOrder(materials), request, { standard: 100, most: 1000 });
  return { Rotations: entries.map((material) => rotationEntry(key, material)), ...end };
});

function rotationEntry(key: KmsKey, material: KeyMaterial): Record<string, unknown> {
  return {
    KeyId: key.keyId,
    KeyMaterialId: material.id,
    KeyMaterialState: material.use,
    ...(key.origin === 'EXTERNAL' ? importedMembers(material) : {}),
    ...(material.rotatedAt === undefined ? {} : { RotationDate: seconds(material.rotatedAt), RotationType: 'ON_DEMAND' }),
  };
}

function importedMembers({ secret, description, validTo }: KeyMaterial): Record<string, unknown> {
  const KeyMaterialDescription = description;
  if (secret === undefined) return { KeyMaterialDescription, ImportState: 'PENDING_IMPORT' };
  return validTo === undefined
    ? { KeyMaterialDescription, ImportState: 'IMPORTED', ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
    : { KeyMaterialDescription, ImportState: 'IMPORTED', ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: seconds(validTo) };
}
