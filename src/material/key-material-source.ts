import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { KeyActions } from '../permissions/key-actions';

/** Encoding of key material in a secret. */
export enum SecretEncoding {
  /**
   * Binary secret whose value is the key material. Preferred. Create it with
   * `aws secretsmanager create-secret --secret-binary fileb://key.bin`.
   */
  BINARY = 'binary',
  /** Text secret with the key material in base64. Choose it if a tool can store only text. */
  BASE64 = 'base64',
  /** Text secret with the key material in hexadecimal digits. */
  HEX = 'hex',
}

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

/** Description of the secret for the import, and the permissions that the import needs first. */
interface BoundSource {
  readonly secretArn: string;
  /** @default - AWSCURRENT at the first import; later deployments keep using that version */
  readonly secretVersionId?: string;
  readonly encoding: SecretEncoding;
  readonly permissions: iam.Grant[];
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
    return new KeyMaterialSource(secret, options);
  }

  private constructor(private readonly secret: secretsmanager.ISecret, private readonly options: SecretKeyMaterialOptions) {}

  /**
   * Allows the importer to read the key material, and describes the secret.
   *
   * @internal
   */
  public _bind(scope: Construct, importer: iam.IGrantable): BoundSource {
    return {
      secretArn: this.secret.secretArn,
      secretVersionId: this.options.versionId,
      encoding: this.options.encoding ?? SecretEncoding.BINARY,
      permissions: [this.grantReadAndPin(importer), ...this.grantDecrypt(importer, Stack.of(scope).region)],
    };
  }

  private grantReadAndPin(importer: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipalOrResource({
      grantee: importer,
      resource: this.secret,
      resourceArns: [this.arnInPolicies()],
      actions: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret', 'secretsmanager:UpdateSecretVersionStage'],
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
