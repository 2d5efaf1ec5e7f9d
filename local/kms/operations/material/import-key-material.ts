import { takeImportedSecret } from '../../crypto/secrets/imported-secret';
import { idOfSecret } from '../../crypto/secrets/material-id';
import { requireFittingAlgorithm } from '../../crypto/wrapping/wrapping-algorithms';
import { unwrap, wrappingKeyPair } from '../../crypto/wrapping/wrapping-keys';
import { forgetMaterial } from '../../model/keys/effects-of-time';
import { isSymmetric, leads, type KmsKey } from '../../model/keys/kms-key';
import { requireState, stateOf, type KeyOperation } from '../../model/keys/states';
import type { KeyMaterial } from '../../model/material/key-material';
import type { MaterialUse } from '../../model/material/material-history';
import { incorrectKeyMaterial, invalidState, notBuilt, notFound, notPrimary, unsupportedOrigin, validation } from '../../protocol/errors';
import { KEY_ID, KEY_MATERIAL_ID } from '../../protocol/members';
import { blob, oneOf, optional, structure, text, timestamp, type ValueOf } from '../../protocol/shape';
import type { Call } from '../call/call';
import { operation, seconds, type Answer } from '../call/operation';

const DAY = 24 * 60 * 60 * 1000;
const TOKEN_LIFE = DAY;
const LONGEST_VALIDITY_IN_DAYS = 365;

const GET_PARAMETERS_FOR_IMPORT = structure({
  KeyId: KEY_ID,
  WrappingAlgorithm: oneOf(
    'RSAES_PKCS1_V1_5', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'RSA_AES_KEY_WRAP_SHA_1', 'RSA_AES_KEY_WRAP_SHA_256', 'SM2PKE'),
  WrappingKeySpec: oneOf('RSA_2048', 'RSA_3072', 'RSA_4096', 'SM2'),
});

export const getParametersForImport = operation(GET_PARAMETERS_FOR_IMPORT, async (request, call) => {
  const { WrappingKeySpec: wrappingKeySpec } = request;
  const key = await externalKey('GetParametersForImport', request.KeyId, call);
  if (request.WrappingAlgorithm === 'SM2PKE' || wrappingKeySpec === 'SM2') throw notBuilt('Wrapping with SM2');
  const wrappingAlgorithm = requireFittingAlgorithm(request.WrappingAlgorithm, wrappingKeySpec, key.keySpec);
  const validTo = call.now + TOKEN_LIFE;
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
  const secret = takeImportedSecret(key.keySpec, bytes);
  const id = idOfSecret(key.keyId, secret);
  const known = key.materials.find(id);
  const use = useOfImport(key, id, request);
  const wasPendingImport = stateOf(key) === 'PendingImport';
  key.materials.put({ id, secret, use, validTo, description: request.KeyMaterialDescription ?? known?.description, rotation: known?.rotation });
  // A key that gets back the last material it lacked comes back Enabled, even if it had been disabled before the loss.
  if (wasPendingImport && stateOf(key) !== 'PendingImport') key.disabled = false;
  if (validTo !== undefined) call.store.expectEffectAt(validTo);
  return answerAbout(key, id);
});

/** Other keys have one material for life, which needs no telling apart. AWS's text is unconfirmed. */
function refuseMembersOfSymmetricKeys(request: ImportRequest): void {
  for (const member of ['ImportType', 'KeyMaterialDescription', 'KeyMaterialId'] as const) {
    if (request[member] !== undefined) throw validation(`${member} can only be specified for symmetric encryption keys.`);
  }
}

/** Ids of materials are told for symmetric encryption keys only. */
function answerAbout(key: KmsKey, materialId: string): Answer {
  return { KeyId: key.arn, ...(isSymmetric(key) && { KeyMaterialId: materialId }) };
}

/**
 * What the imported bytes will be to the key, or AWS's refusal: NEW must be new to it, EXISTING must be known.
 *
 * New material and its description come to related keys through their primary key; replicas then know it and wait for the same bytes.
 * How AWS refuses them elsewhere is unconfirmed.
 */
function useOfImport(key: KmsKey, id: string, request: ImportRequest): MaterialUse {
  const { current, pending } = key.materials;
  if (!leads(key) && (request.ImportType === 'NEW_KEY_MATERIAL' || request.KeyMaterialDescription !== undefined)) throw notPrimary(key.arn);
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
    `New key material (id: ${id}) cannot be imported into KMS key ${key.arn}, because another key material (id: ${pending.id}) is pending rotation.`);
}

/** When the material will expire; `undefined` when never. KMS's own default is that it does. */
function expiryOf(request: ImportRequest, now: number): number | undefined {
  const { ValidTo: validTo, ExpirationModel: model = 'KEY_MATERIAL_EXPIRES' } = request;
  if (model === 'KEY_MATERIAL_DOES_NOT_EXPIRE') {
    if (validTo !== undefined) throw validation('A validTo date cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE');
    return undefined;
  }
  if (validTo === undefined) throw validation('A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES');
  if (validTo <= now) throw validation('ValidTo must be in the future');
  if (validTo > now + LONGEST_VALIDITY_IN_DAYS * DAY) throw validation(`ValidTo must be at most ${LONGEST_VALIDITY_IN_DAYS} days in the future`);
  return validTo;
}

/** Data under the material cannot be read from now on, until the same bytes are imported again. */
export const deleteImportedKeyMaterial = operation(
  structure({ KeyId: KEY_ID, KeyMaterialId: optional(KEY_MATERIAL_ID) }),
  async (request, call) => {
    const key = await externalKey('DeleteImportedKeyMaterial', request.KeyId, call);
    const material = materialToDelete(key, request.KeyMaterialId);
    if (material === undefined) return { KeyId: key.arn };
    forgetMaterial(key, material.id);
    return answerAbout(key, material.id);
  },
);

function materialToDelete(key: KmsKey, id: string | undefined): KeyMaterial | undefined {
  if (id === undefined) return key.materials.current;
  const material = key.materials.find(id);
  if (material === undefined) throw notFound(`Key material ${id} does not belong to ${key.arn}`);
  return material;
}

/** The key of an import call: its origin is told before its state. */
async function externalKey(name: KeyOperation, keyId: string, call: Call): Promise<KmsKey> {
  const key = call.keyById(keyId);
  await call.authorize(name, key);
  if (key.origin !== 'EXTERNAL') throw unsupportedOrigin(key.arn, key.origin);
  requireState(name, key);
  return key;
}
