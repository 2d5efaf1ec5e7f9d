import { requireSymmetric } from './rotation';
import type { KmsKey } from '../../model/keys/kms-key';
import { requireState } from '../../model/keys/states';
import type { KeyMaterial } from '../../model/material/key-material';
import { KEY_ID, LIMIT, MARKER } from '../../protocol/members';
import { listInOrder, page } from '../../protocol/pages';
import { oneOf, optional, structure } from '../../protocol/shape';
import { operation, seconds } from '../call/operation';

const LIST_KEY_ROTATIONS = structure({
  KeyId: KEY_ID,
  IncludeKeyMaterial: optional(oneOf('ALL_KEY_MATERIAL', 'ROTATIONS_ONLY')),
  Limit: optional(LIMIT),
  Marker: optional(MARKER),
});

/** Lists key materials in the order of their arrival at the key. */
export const listKeyRotations = operation(LIST_KEY_ROTATIONS, async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.authorize('ListKeyRotations', key);
  requireState('ListKeyRotations', key);
  requireSymmetric(key);
  const all = request.IncludeKeyMaterial === 'ALL_KEY_MATERIAL';
  const materials = key.materials.all.filter((material) => all || material.rotation !== undefined);
  const { entries, ...end } = page('ListKeyRotations', listInOrder(materials), request, { default: 100, max: 1000 });
  return { Rotations: entries.map((material) => rotationEntry(key, material)), ...end };
});

function rotationEntry(key: KmsKey, material: KeyMaterial): Record<string, unknown> {
  const { rotation } = material;
  return {
    KeyId: key.keyId,
    KeyMaterialId: material.id,
    KeyMaterialState: stateOfMaterial(key, material),
    ...(key.origin === 'EXTERNAL' ? importedMembers(material) : {}),
    ...(rotation === undefined ? {} : { RotationDate: seconds(rotation.at), RotationType: rotation.type }),
  };
}

/**
 * The state of key material. New key material of related multi-Region keys is pending rotation only after its import
 * into all of them.
 */
function stateOfMaterial({ materials }: KmsKey, { id, use }: KeyMaterial): string {
  return use === 'PENDING_ROTATION' && !materials.isEverywhere(id) ? 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION' : use;
}

function importedMembers({ secret, description, validTo }: KeyMaterial): Record<string, unknown> {
  const KeyMaterialDescription = description;
  if (secret === undefined) return { KeyMaterialDescription, ImportState: 'PENDING_IMPORT' };
  return validTo === undefined
    ? { KeyMaterialDescription, ImportState: 'IMPORTED', ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' }
    : { KeyMaterialDescription, ImportState: 'IMPORTED', ExpirationModel: 'KEY_MATERIAL_EXPIRES', ValidTo: seconds(validTo) };
}
