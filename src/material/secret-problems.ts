import { Annotations, Token } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { SecretEncoding } from './secret-encoding';
import { SECRET_VERSION_LENGTH } from '../contract/limits';
import { describeProblem } from '../contract/problem';

/** Reports text that is not the id of a version, such as a staging label, which names another version later. */
export function versionProblems(versionId: string | undefined): string[] {
  if (versionId === undefined || Token.isUnresolved(versionId)) return [];
  const { min, max } = SECRET_VERSION_LENGTH;
  const isStage = /^AWS[A-Z]+$/.test(versionId);
  if (!isStage && versionId.length >= min && versionId.length <= max) return [];
  return [describeProblem({
    where: 'material, versionId',
    what: isStage ? 'is a staging label, which names another version later' : 'is not the id of a version',
    given: versionId,
    allowed: `an id of ${min} to ${max} characters`,
    remedy: isStage
      ? 'omit it for AWSCURRENT at the first import, or copy the VersionId of list-secret-version-ids'
      : 'copy the VersionId of list-secret-version-ids',
  })];
}

/** CloudFormation creates text secrets only: one whose text the app declares is never binary. */
export function encodingProblems(secret: secretsmanager.ISecret, encoding: SecretEncoding = SecretEncoding.BINARY): string[] {
  if (encoding !== SecretEncoding.BINARY || resourceOf(secret)?.secretString === undefined) return [];
  return [describeProblem({
    where: 'material, encoding',
    what: 'the secret holds text, and the encoding is for a binary secret',
    given: `BINARY for ${secret.node.path}`,
    allowed: 'BASE64 or HEX for a text secret',
    remedy: 'set encoding, or create the secret with aws secretsmanager create-secret --secret-binary and refer to it',
  })];
}

/** A generated secret is a password. Whether an operator has stored key material in it since, is unknown. */
export function warnOfGeneratedSecret(scope: Construct, secret: secretsmanager.ISecret): void {
  if (resourceOf(secret)?.generateSecretString === undefined) return;
  Annotations.of(scope).addWarningV2('cdk-kms-lifecycle:generated-secret', describeProblem({
    where: 'material',
    what: 'CloudFormation generates a password in this secret, which is not key material, so the import fails',
    given: secret.node.path,
    remedy: 'store key material in the secret before this construct is deployed, then acknowledge this warning',
  }));
}

function resourceOf(secret: secretsmanager.ISecret): secretsmanager.CfnSecret | undefined {
  const resource = secret.node.defaultChild;
  return resource instanceof secretsmanager.CfnSecret ? resource : undefined;
}
