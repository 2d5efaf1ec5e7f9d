import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { KeyActions } from '../permissions/key-actions';

/** How the bytes of key material stand in a secret. */
export enum SecretEncoding {
  /** The secret is binary, and is the bytes themselves. Choose it when you can: `aws secretsmanager create-secret --secret-binary fileb://key.bin`. */
  BINARY = 'binary',
  /** The secret is text: the bytes in base64. Choose it when a tool can only store text. */
  BASE64 = 'base64',
  /** The secret is text: the bytes in hexadecimal digits. */
  HEX = 'hex',
}

/** How to read key material from a secret. */
export interface SecretKeyMaterialOptions {
  /**
   * The version of the secret whose bytes the key is to have.
   *
   * Another version means other bytes: they are imported beside the old ones and made current by an on-demand rotation, of which a KMS
   * key has 25 in its life. Key material only goes forward: naming a version again whose bytes the key has had before changes nothing.
   *
   * @default - the version that is AWSCURRENT at the first import, and that same version ever after
   */
  readonly versionId?: string;

  /**
   * How the bytes stand in the secret.
   *
   * @default SecretEncoding.BINARY
   */
  readonly encoding?: SecretEncoding;
}

/** What a source of key material has to know about its use. */
export interface KeyMaterialSourceContext {
  /** What reads the material while deploying, and has to be allowed to. */
  readonly importer: iam.IGrantable;
}

/** How a source of key material describes itself to the import. */
export interface KeyMaterialSourceConfig {
  /** The secret that holds the bytes. */
  readonly secretArn: string;
  /**
   * The version that holds the bytes.
   *
   * @default - AWSCURRENT at the first import, and that same version ever after
   */
  readonly secretVersionId?: string;
  /** How the bytes stand in the secret. */
  readonly encoding: SecretEncoding;
  /** The permissions that have to be in place before the import begins. */
  readonly permissions: iam.Grant[];
}

/** Where the bytes of a key come from. */
export abstract class KeyMaterialSource {
  /**
   * 32 bytes that wait in a secret of AWS Secrets Manager.
   *
   * The version that gave the bytes is recorded with the key, and kept from being forgotten by a staging label of ours: from it the
   * material is brought back if it expires or is deleted. Keep the secret as long as the key.
   *
   * @param secret The secret that holds the bytes.
   * @param options How to read it.
   */
  public static secret(secret: secretsmanager.ISecret, options: SecretKeyMaterialOptions = {}): KeyMaterialSource {
    return new SecretKeyMaterialSource(secret, options);
  }

  /**
   * Lets the importer read the material, and says where it is.
   *
   * @param scope The construct that owns the key.
   * @param context Who imports.
   */
  public abstract bind(scope: Construct, context: KeyMaterialSourceContext): KeyMaterialSourceConfig;
}

class SecretKeyMaterialSource extends KeyMaterialSource {
  public constructor(private readonly secret: secretsmanager.ISecret, private readonly options: SecretKeyMaterialOptions) {
    super();
  }

  public bind(scope: Construct, { importer }: KeyMaterialSourceContext): KeyMaterialSourceConfig {
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

  /** A secret that was imported by name has an ARN without the six random characters at its end; in a policy they have to be matched. */
  private arnInPolicies(): string {
    return this.secret.secretFullArn ?? `${this.secret.secretArn}-??????`;
  }

  /**
   * Only through Secrets Manager, so that the importer can open nothing else of that key.
   *
   * On the side of the importer alone: `ISecret.grantRead` writes into the policy of the key, which does nothing for a key that was
   * imported by its ARN, and ties two stacks into a circle when the key stands in another one.
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
