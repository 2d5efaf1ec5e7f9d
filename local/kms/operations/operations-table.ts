import type { Operation } from './operation';
import type { OperationName } from './operation-names';
import { generateDataKey, generateDataKeyWithoutPlaintext, generateRandom } from '../crypto/data-keys';
import { decrypt, encrypt } from '../crypto/encrypt';
import { reEncrypt } from '../crypto/re-encrypt';
import { createGrant } from '../grants/create-grant';
import { retireGrant, revokeGrant } from '../grants/end-grant';
import { listGrants, listRetirableGrants } from '../grants/list-grants';
import { createAlias, deleteAlias, listAliases, updateAlias } from '../keys/aliases';
import { createKey } from '../keys/create-key';
import { cancelKeyDeletion, scheduleKeyDeletion } from '../keys/deletion';
import { describeKey, disableKey, enableKey, getKeyLastUsage, listKeys, updateKeyDescription } from '../keys/key-operations';
import { getKeyPolicy, listKeyPolicies, putKeyPolicy } from '../keys/policies';
import { listResourceTags, tagResource, untagResource } from '../keys/tags';
import { deleteImportedKeyMaterial, getParametersForImport, importKeyMaterial } from '../material/import';
import { getKeyRotationStatus, listKeyRotations, rotateKeyOnDemand } from '../material/rotation';

/** The operations that are built. What KMS has and this table has not answers that it is not built yet. */
export const OPERATIONS: { readonly [Name in OperationName]?: Operation } = {
  CancelKeyDeletion: cancelKeyDeletion,
  CreateAlias: createAlias,
  CreateGrant: createGrant,
  CreateKey: createKey,
  Decrypt: decrypt,
  DeleteAlias: deleteAlias,
  DeleteImportedKeyMaterial: deleteImportedKeyMaterial,
  DescribeKey: describeKey,
  DisableKey: disableKey,
  EnableKey: enableKey,
  Encrypt: encrypt,
  GenerateDataKey: generateDataKey,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  GenerateRandom: generateRandom,
  GetKeyLastUsage: getKeyLastUsage,
  GetKeyPolicy: getKeyPolicy,
  GetKeyRotationStatus: getKeyRotationStatus,
  GetParametersForImport: getParametersForImport,
  ImportKeyMaterial: importKeyMaterial,
  ListAliases: listAliases,
  ListGrants: listGrants,
  ListKeyPolicies: listKeyPolicies,
  ListKeyRotations: listKeyRotations,
  ListKeys: listKeys,
  ListResourceTags: listResourceTags,
  ListRetirableGrants: listRetirableGrants,
  PutKeyPolicy: putKeyPolicy,
  ReEncrypt: reEncrypt,
  RetireGrant: retireGrant,
  RevokeGrant: revokeGrant,
  RotateKeyOnDemand: rotateKeyOnDemand,
  ScheduleKeyDeletion: scheduleKeyDeletion,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAlias: updateAlias,
  UpdateKeyDescription: updateKeyDescription,
};
