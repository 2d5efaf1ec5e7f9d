import type { Operation } from './call/operation';
import type { OperationName } from '../protocol/operation-names';
import { createAlias, deleteAlias, listAliases, updateAlias } from './aliases/aliases';
import { generateDataKeyPair, generateDataKeyPairWithoutPlaintext } from './encryption/data-key-pairs';
import { generateDataKey, generateDataKeyWithoutPlaintext, generateRandom } from './encryption/data-keys';
import { decrypt, encrypt } from './encryption/encrypt';
import { reEncrypt } from './encryption/re-encrypt';
import { createGrant } from './grants/create-grant';
import { listGrants, listRetirableGrants } from './grants/list-grants';
import { retireGrant, revokeGrant } from './grants/retire-and-revoke-grant';
import { decapsulate, encapsulate } from './key-agreement/encapsulate';
import { deriveSharedSecret } from './key-agreement/shared-secret';
import { createKey } from './keys/create-key';
import { cancelKeyDeletion, scheduleKeyDeletion } from './keys/deletion';
import { describeKey, disableKey, enableKey, getKeyLastUsage, listKeys, updateKeyDescription } from './keys/key-operations';
import { getKeyPolicy, listKeyPolicies, putKeyPolicy } from './keys/policies';
import { listResourceTags, tagResource, untagResource } from './keys/tags';
import { deleteImportedKeyMaterial, getParametersForImport, importKeyMaterial } from './material/import-key-material';
import { listKeyRotations } from './material/list-key-rotations';
import { disableKeyRotation, enableKeyRotation, getKeyRotationStatus, rotateKeyOnDemand } from './material/rotation';
import { replicateKey } from './multi-region/replicate-key';
import { updatePrimaryRegion } from './multi-region/update-primary-region';
import { generateMac, verifyMac } from './signing/mac';
import { getPublicKey } from './signing/public-key';
import { sign, verify } from './signing/sign';

/** The supported operations. Every other operation of KMS returns that it is not supported yet. */
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
