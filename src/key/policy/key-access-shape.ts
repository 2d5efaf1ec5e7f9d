import type { KeyAccessProps } from './key-access';
import { KeyPosture } from './key-posture';
import { instanceOf, listOf, mapOf, GRANTEE, STATEMENT, TEXT, textSuchAs } from '../../validation/kinds';
import { optional, type Shape } from '../../validation/shape';
import { ServiceUser } from '../services/service-user';

/** The access properties of every key construct with a key policy. */
export const KEY_ACCESS_SHAPE: Shape<KeyAccessProps> = {
  posture: optional(instanceOf(KeyPosture, 'call a method of KeyPosture, such as KeyPosture.iamDelegated()', '_statements')),
  administrators: optional(listOf(GRANTEE)),
  users: optional(listOf(GRANTEE)),
  encryptionContext: optional(mapOf(textSuchAs('\'orders\''))),
  otherAccounts: optional(listOf(GRANTEE)),
  organizationId: optional(TEXT),
  reEncryptionWorkers: optional(listOf(GRANTEE)),
  serviceUsers: optional(listOf(instanceOf(ServiceUser, 'call a method of ServiceUser, such as ServiceUser.throughS3([role])', '_use'))),
  statements: optional(listOf(STATEMENT)),
};
