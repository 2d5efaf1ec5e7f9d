import type { Operation } from './operation';
import type { OperationName } from './operation-names';
import { generateDataKeyPair, generateDataKeyPairWithoutPlaintext } from '../crypto/data-key-pairs';
import { generateDataKey, generateDataKeyWithoutPlaintext, generateRandom } from '../crypto/data-keys';
import { decapsulate, encapsulate } from '../crypto/encapsulate';
import { decrypt, encrypt } from '../crypto/encrypt';
import { generateMac, verifyMac } from '../crypto/mac';
import { getPublicKey } from '../crypto/public-key';
import { reEncrypt } from '../crypto/re-encrypt';
import { deriveSharedSecret } from '../crypto/shared-secret';
import { sign, verify } from '../crypto/sign';
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
import { listKeyRotations } from '../material/list-key-rotations';
import { disableKeyRotation, enableKeyRotation, getKeyRotationStatus, rotateKeyOnDemand } from '../material/rotation';
import { replicateKey } from '../multi-region/replicate-key';
import { updatePrimaryRegion } from '../multi-region/update-primary-region';

/** The operations that are built. What KMS has and this table has not answers that it is not built yet. */
export const OPERATIONS: { readonly [Name in OperationName]?: Operation } = {
  CancelKeyDeletion: cancelKeyDeletion,
  CreateAlias: createAlias,
  CreateGrant: createGrant,
  CreateKey: createKey,
  Decapsulate: decapsulate,
  Decrypt: decrypt,
  DeleteAlias: deleteAlias,
  DeleteImportedKeyMaterial: deleteImportedKeyMaterial,
  DeriveSharedSecret: deriveSharedSecret,
  DescribeKey: describeKey,
  DisableKey: disableKey,
  DisableKeyRotation: disableKeyRotation,
  EnableKey: enableKey,
  EnableKeyRotation: enableKeyRotation,
  Encapsulate: encapsulate,
  Encrypt: encrypt,
  GenerateDataKey: generateDataKey,
  GenerateDataKeyPair: generateDataKeyPair,
  GenerateDataKeyPairWithoutPlaintext: generateDataKeyPairWithoutPlaintext,
  GenerateDataKeyWithoutPlaintext: generateDataKeyWithoutPlaintext,
  GenerateMac: generateMac,
  GenerateRandom: generateRandom,
  GetKeyLastUsage: getKeyLastUsage,
  GetKeyPolicy: getKeyPolicy,
  GetKeyRotationStatus: getKeyRotationStatus,
  GetParametersForImport: getParametersForImport,
  GetPublicKey: getPublicKey,
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
  ReplicateKey: replicateKey,
  RetireGrant: retireGrant,
  RevokeGrant: revokeGrant,
  RotateKeyOnDemand: rotateKeyOnDemand,
  ScheduleKeyDeletion: scheduleKeyDeletion,
  Sign: sign,
  TagResource: tagResource,
  UntagResource: untagResource,
  UpdateAlias: updateAlias,
  UpdateKeyDescription: updateKeyDescription,
  UpdatePrimaryRegion: updatePrimaryRegion,
  Verify: verify,
  VerifyMac: verifyMac,
};
