import { importedSecret } from '../../crypto/secrets/imported-secret';
import { idOfSecret } from '../../crypto/secrets/material-id';
import { requireFittingAlgorithm } from '../../crypto/wrapping/wrapping-algorithms';
import { unwrap, wrappingKeyPair } from '../../crypto/wrapping/wrapping-keys';
import { removeMaterial } from '../../model/keys/effects-of-time';
import { isSymmetric, isPrimaryOrSingleRegion, type KmsKey } from '../../model/keys/kms-key';
import { requireState, stateOf, type KeyOperation } from '../../model/keys/states';
import type { KeyMaterial } from '../../model/material/key-material';
import type { MaterialUse } from '../../model/material/material-history';
import {
  incorrectKeyMaterial, invalidState, notFound, notPrimary, notSupported, unsupportedOrigin, validation,
} from '../../protocol/errors';
import { KEY_ID, KEY_MATERIAL_ID } from '../../protocol/members';
import { blob, oneOf, optional, structure, text, timestamp, type ValueOf } from '../../protocol/shape';
import type { Call } from '../call/call';
import { operation, seconds, type Answer } from '../call/operation';

const DAY = 24 * 60 * 60 * 1000;
const TOKEN_VALIDITY = DAY;
const MAX_VALIDITY_IN_DAYS = 365;

const GET_PARAMETERS_FOR_IMPORT = structure({
  KeyId: KEY_ID,
  WrappingAlgorithm: oneOf(
    'RSAES_PKCS1_V1_5', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'RSA_AES_KEY_WRAP_SHA_1', 'RSA_AES_KEY_WRAP_SHA_256', 'SM2PKE'),
  WrappingKeySpec: oneOf('RSA_2048', 'RSA_3072', 'RSA_4096', 'SM2'),
});

export const getParametersForImport = operation(GET_PARAMETERS_FOR_IMPORT, async (request, call) => {
  const { WrappingKeySpec: wrappingKeySpec } = request;
  const key = await externalKey('GetParametersForImport', request.KeyId, call);
  if (request.WrappingAlgorithm === 'SM2PKE' || wrappingKeySpec === 'SM2') throw notSupported('Wrapping with SM2');
  const wrappingAlgorithm = requireFittingAlgorithm(request.WrappingAlgorithm, wrappingKeySpec, key.keySpec);
  const validTo = call.now + TOKEN_VALIDITY;
  const { publicKey } = await wrappingKeyPair(wrappingKeySpec);
  const token = call.setting.importTokens.issue({ keyArn: key.arn, wrappingAlgorithm, wrappingKeySpec, validTo });
  return {
    KeyId: key.arn,
    ImportToken: token.toString('base64'),
    PublicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    ParametersValidTo: seconds(validTo),
  };
});

const IMPORT_KEY_MATERIAL = structure({
  KeyId: KEY_ID,
  ImportToken: blob({ min: 1, max: 6144 }),
  EncryptedKeyMaterial: blob({ min: 1, max: 6144 }),
  ValidTo: optional(timestamp),
  ExpirationModel: optional(oneOf('KEY_MATERIAL_EXPIRES', 'KEY_MATERIAL_DOES_NOT_EXPIRE')),
  ImportType: optional(oneOf('NEW_KEY_MATERIAL', 'EXISTING_KEY_MATERIAL')),
  KeyMaterialDescription: optional(text({ max: 256, pattern: /^[a-zA-Z0-9:/_\s.-]+$/ })),
  KeyMaterialId: optional(KEY_MATERIAL_ID),
});
type ImportRequest = ValueOf<typeof IMPORT_KEY_MATERIAL>;

export const importKeyMaterial = operation(IMPORT_KEY_MATERIAL, async (request, call) => {
  const key = await externalKey('ImportKeyMaterial', request.KeyId, call);
  const validTo = expiryOf(request, call.now);
  if (!isSymmetric(key)) refuseMembersOfSymmetricKeys(request);
  const parameters = call.setting.importTokens.redeem(request.ImportToken, key.arn, call.now);
  const bytes = await unwrap(parameters.wrappingKeySpec, parameters.wrappingAlgorithm, request.EncryptedKeyMaterial);
  const secret = importedSecret(key.keySpec, bytes);
  const id = idOfSecret(key.keyId, secret);
  const known = key.materials.find(id);
  const use = useOfImport(key, id, request);
  const wasPendingImport = stateOf(key) === 'PendingImport';
  const description = request.KeyMaterialDescription ?? known?.description;
  key.materials.put({ id, secret, use, validTo, description, rotation: known?.rotation });
  // A key that is pending import and regains its last missing key material is Enabled, even if it was disabled before
  // the loss.
  if (wasPendingImport && stateOf(key) !== 'PendingImport') key.disabled = false;
  if (validTo !== undefined) call.store.expectEffectAt(validTo);
  return answerOf(key, id);
});

/** Other keys have one key material for life, which needs no id. AWS's message is unconfirmed. */
function refuseMembersOfSymmetricKeys(request: ImportRequest): void {
  for (const member of ['ImportType', 'KeyMaterialDescription', 'KeyMaterialId'] as const) {
    if (request[member] !== undefined) throw validation(`${member} can only be specified for symmetric encryption keys.`);
  }
}

/** The answer of an import call. Key material ids are returned for symmetric encryption keys only. */
function answerOf(key: KmsKey, materialId: string): Answer {
  return { KeyId: key.arn, ...(isSymmetric(key) && { KeyMaterialId: materialId }) };
}

/**
 * The use of the imported key material, or AWS's refusal: NEW must be new to the key, EXISTING must be known.
 *
 * New key material and its description are imported into the primary key of related keys; its replicas then know it and
 * are pending the import of the same key material. How AWS refuses other imports is unconfirmed.
 */
function useOfImport(key: KmsKey, id: string, request: ImportRequest): MaterialUse {
  const { current, pending } = key.materials;
  const isNew = request.ImportType === 'NEW_KEY_MATERIAL' || request.KeyMaterialDescription !== undefined;
  if (isNew && !isPrimaryOrSingleRegion(key)) throw notPrimary(key.arn);
  const importType = request.ImportType ?? (current === undefined ? 'NEW_KEY_MATERIAL' : 'EXISTING_KEY_MATERIAL');
  const known = key.materials.find(id);
  if (importType === 'EXISTING_KEY_MATERIAL') {
    if (known === undefined || (request.KeyMaterialId ?? id) !== id) throw incorrectKeyMaterial();
    return known.use;
  }
  if (request.KeyMaterialId !== undefined) throw validation('KeyMaterialId cannot be specified when ImportType is NEW_KEY_MATERIAL.');
  if (known !== undefined) throw incorrectKeyMaterial();
  if (current === undefined) return 'CURRENT';
  if (pending === undefined) return 'PENDING_ROTATION';
  throw invalidState(
    `New key material (id: ${id}) cannot be imported into KMS key ${key.arn}, `
    + `because another key material (id: ${pending.id}) is pending rotation.`);
}

/** The expiry of the key material; `undefined` if it does not expire. The default of KMS is that it expires. */
function expiryOf(request: ImportRequest, now: number): number | undefined {
  const { ValidTo: validTo, ExpirationModel: model = 'KEY_MATERIAL_EXPIRES' } = request;
  if (model === 'KEY_MATERIAL_DOES_NOT_EXPIRE') {
    if (validTo !== undefined) throw validation('A validTo date cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE');
    return undefined;
  }
  if (validTo === undefined) throw validation('A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES');
  if (validTo <= now) throw validation('ValidTo must be in the future');
  if (validTo > now + MAX_VALIDITY_IN_DAYS * DAY) {
    throw validation(`ValidTo must be at most ${MAX_VALIDITY_IN_DAYS} days in the future`);
  }
  return validTo;
}

/**
 * Deletes key material. Data under it cannot be decrypted from now on, until the same key material is imported again.
 */
export const deleteImportedKeyMaterial = operation(
  structure({ KeyId: KEY_ID, KeyMaterialId: optional(KEY_MATERIAL_ID) }),
  async (request, call) => {
    const key = await externalKey('DeleteImportedKeyMaterial', request.KeyId, call);
    const material = materialToDelete(key, request.KeyMaterialId);
    if (material === undefined) return { KeyId: key.arn };
    removeMaterial(key, material.id);
    return answerOf(key, material.id);
  },
);

function materialToDelete(key: KmsKey, id: string | undefined): KeyMaterial | undefined {
  if (id === undefined) return key.materials.current;
  const material = key.materials.find(id);
  if (material === undefined) throw notFound(`Key material ${id} does not belong to ${key.arn}`);
  return material;
}

/** The key of an import call. Its origin is checked before its state. */
async function externalKey(name: KeyOperation, keyId: string, call: Call): Promise<KmsKey> {
  const key = call.keyById(keyId);
  await call.authorize(name, key);
  requireState(name, key);
  if (key.origin !== 'EXTERNAL') throw unsupportedOrigin(key.arn, key.origin);
  return key;
}
