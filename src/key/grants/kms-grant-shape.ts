import { GrantOperation } from './grant-operation';
import type { KmsGrantProps } from './kms-grant-props';
import { DEPLOYMENT_FUNCTION } from '../../custom-resource/deployment-function-shape';
import { construct, GRANTEE, listOf, memberOf, mapOf, TEXT, textSuchAs, withExample } from '../../validation/kinds';
import { optional, type Shape } from '../../validation/shape';

/** The properties of a grant and their kinds. */
export const KMS_GRANT_SHAPE: Shape<KmsGrantProps> = {
  key: withExample('key', construct(
    'a key (kms.IKey)', 'pass a key, or CustomerManagedKey.fromKeyArn; a RotatingKey has no grants of its own', 'keyArn',
  )),
  grantee: GRANTEE,
  operations: listOf(withExample('GrantOperation.DECRYPT', memberOf(
    'GrantOperation', GrantOperation, 'use members of GrantOperation, such as GrantOperation.DECRYPT', '_fits',
  ))),
  retiringPrincipal: optional(GRANTEE),
  encryptionContextEquals: optional(mapOf(textSuchAs('\'orders\''))),
  encryptionContextSubset: optional(mapOf(textSuchAs('\'orders\''))),
  name: optional(TEXT),
  deploymentFunction: DEPLOYMENT_FUNCTION,
};
