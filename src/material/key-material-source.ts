import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { SecretEncoding } from './secret-encoding';
import { encodingProblems, versionProblems, warnOfGeneratedSecret } from './secret-problems';
import { STAGING_LABEL_PREFIX } from '../contract/limits';
import { KeyActions } from '../permissions/key-actions';
import { construct, oneOf, TEXT } from '../validation/kinds';
import { requireSameEnvironment } from '../validation/same-environment';
import { objectOf, optional, requireArguments, type Shape } from '../validation/shape';

/** Options for reading key material from a secret. */
export interface SecretKeyMaterialOptions {
  /**
   * The version of the secret that holds the key material.
   *
   * If you name another version later, the deployment imports its key material beside the old one and makes it current
   * by an on-demand rotation. A KMS key allows 25 on-demand rotations in its lifetime. Key material is never rolled
   * back: if the key already has the key material of the version, nothing changes.
   *
   * A `RotatingKey` does not accept a version, because each generation needs new key material.
   *
   * @default - the version that is AWSCURRENT at the first import; later deployments keep using that version
   */
  readonly versionId?: string;

  /**
   * The encoding of the key material in the secret.
   *
   * @default SecretEncoding.BINARY
   */
  readonly encoding?: SecretEncoding;
}

const OPTIONS: Shape<SecretKeyMaterialOptions> = { versionId: optional(TEXT), encoding: optional(oneOf('SecretEncoding', SecretEncoding)) };
const SECRET_ARGUMENTS = {
  secret: construct('a secret (secretsmanager.ISecret)', 'pass a secret, or secretsmanager.Secret.fromSecretNameV2', 'secretArn'),
  options: objectOf(OPTIONS),
};

/** Description of the secret for the import, and the permissions that the import needs first. */
interface BoundSource {
  readonly secretArn: string;
  /** @default - AWSCURRENT at the first import; later deployments keep using that version */
  readonly secretVersionId?: string;
  readonly encoding: SecretEncoding;
  readonly permissions: iam.Grant[];
  /** What is known to be wrong with the secret or its version. */
  readonly problems: string[];
}

/**
 * Source of the key material of a KMS key.
 *
 * Use one of the factory methods: you cannot write a source of your own.
 */
export class KeyMaterialSource {
  /**
   * 32 bytes of key material in a secret of AWS Secrets Manager.
   *
   * The deployment records the id of the imported version, and adds a staging label to the version, so that Secrets
   * Manager does not delete it. If the key material expires or is deleted, it is imported again from that version. Keep
   * the secret as long as the key.
   *
   * @param secret The secret that holds the key material.
   * @param options The version and the encoding.
   */
  public static secret(secret: secretsmanager.ISecret, options: SecretKeyMaterialOptions = {}): KeyMaterialSource {
    requireArguments('KeyMaterialSource.secret', { secret, options }, SECRET_ARGUMENTS);
    return new KeyMaterialSource(secret, options);
  }

  private constructor(private readonly secret: secretsmanager.ISecret, private readonly options: SecretKeyMaterialOptions) {}

  /**
   * Allows the importer to read the key material, and describes the secret.
   *
   * @internal
   */
  public _bind(scope: Construct, importer: iam.IGrantable): BoundSource {
    const { secretArn, env, node } = this.secret;
    requireSameEnvironment(scope, { where: `${scope.node.path}, material`, what: `secret ${node.path}`, arn: secretArn, env });
    warnOfGeneratedSecret(scope, this.secret);
    return {
      secretArn,
      secretVersionId: this.options.versionId,
      encoding: this.options.encoding ?? SecretEncoding.BINARY,
      problems: [...versionProblems(this.options.versionId), ...encodingProblems(this.secret, this.options.encoding)],
      permissions: [this.grantRead(importer), this.grantLabels(importer), ...this.grantDecrypt(importer, Stack.of(scope).region)],
    };
  }

  private grantRead(importer: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipalOrResource({
      grantee: importer,
      resource: this.secret,
      resourceArns: [this.arnInPolicies()],
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'],
    });
  }

  /**
   * Allows to attach and remove the staging labels of this library, and no others: with AWSCURRENT, the importer could
   * change what every reader of the secret receives.
   *
   * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html
   */
  private grantLabels(importer: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipalOrResource({
      grantee: importer,
      resource: this.secret,
      resourceArns: [this.arnInPolicies()],
      actions: ['secretsmanager:UpdateSecretVersionStage'],
      // The key has a list of values, for which IAM requires a set operator.
      conditions: { 'ForAnyValue:StringLike': { 'secretsmanager:VersionStage': `${STAGING_LABEL_PREFIX}*` } },
    });
  }

  /**
   * The ARN of a secret from `fromSecretNameV2` lacks the six random characters at its end. A policy must match them.
   */
  private arnInPolicies(): string {
    return this.secret.secretFullArn ?? `${this.secret.secretArn}-??????`;
  }

  /**
   * Allows Decrypt only through Secrets Manager, so that the importer can decrypt nothing else with that key.
   *
   * The permission is only in the importer's IAM policy. `ISecret.grantRead` would write into the key policy: that has
   * no effect for a key from `fromKeyArn`, and creates a dependency cycle if the key is in another stack.
   */
  private grantDecrypt(importer: iam.IGrantable, region: string): iam.Grant[] {
    const key = this.secret.encryptionKey;
    if (key === undefined) return [];
    return [iam.Grant.addToPrincipal({
      grantee: importer,
      resourceArns: [key.keyArn],
      actions: [...KeyActions.DECRYPT],
      conditions: { StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` } },
    })];
  }
}
