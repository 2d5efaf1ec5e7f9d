import {
  DescribeSecretCommand, GetSecretValueCommand, UpdateSecretVersionStageCommand,
  type DescribeSecretCommandOutput, type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { decodeMaterial } from './decode-material';
import { ErrorName } from '../../src/contract/error-names';
import type { SecretLocation } from '../../src/contract/requests/import-request';
import type { SecretLabel, SecretPort } from '../ports/key-material';
import { callAws, isAwsError, type ErrorMeanings } from './sdk/sdk-errors';
import { Failure } from '../../src/contract/failure';
import type { Sensitive } from '../sensitive';

const MEANINGS: ErrorMeanings = {
  ResourceNotFoundException: {
    name: ErrorName.INVALID_REQUEST,
    remedy: 'name a secret of this account and Region, and a version that it has',
  },
  InvalidRequestException: {
    name: ErrorName.INVALID_REQUEST,
    remedy: 'if the secret is scheduled for deletion, restore it; the key needs it for as long as the key exists',
  },
  DecryptionFailure: {
    name: ErrorName.ACCESS_DENIED,
    remedy: 'allow the importer to decrypt with the KMS key of the secret, and check that this key is enabled',
  },
};

type Versions = { readonly [versionId: string]: readonly string[] };

/** Key material in AWS Secrets Manager. */
export class SecretsManagerMaterial implements SecretPort {
  public constructor(private readonly client: SecretsManagerClient) {}

  public async completeArn(secretArn: string): Promise<string> {
    const { ARN } = await this.describe(secretArn);
    return ARN ?? secretArn;
  }

  public async currentVersionId(secretArn: string): Promise<string> {
    const versions = await this.listVersions(secretArn);
    const current = versionLabelled(versions, 'AWSCURRENT');
    if (current !== undefined) return current;
    throw new Failure(ErrorName.INVALID_REQUEST, {
      where: `secret ${secretArn}`,
      what: 'has no current version',
      remedy: 'store the key material in the secret before you deploy the key',
    });
  }

  public async listLabels(secretArn: string): Promise<readonly SecretLabel[]> {
    const versions = Object.entries(await this.listVersions(secretArn));
    return versions.flatMap(([versionId, labels]) => labels.map((label) => ({ label, versionId })));
  }

  public async readMaterial({ secretArn, versionId, encoding }: SecretLocation & { versionId: string }): Promise<Sensitive> {
    const where = `secret ${secretArn} version ${versionId}`;
    const value = await this.call(where, async () =>
      this.client.send(new GetSecretValueCommand({ SecretId: secretArn, VersionId: versionId })),
    );
    return decodeMaterial(where, value, encoding);
  }

  public async pinVersion(secretArn: string, versionId: string, labels: readonly [string, ...string[]]): Promise<void> {
    const versions = await this.listVersions(secretArn);
    if (labels.some((label) => versions[versionId]?.includes(label))) return;
    const [label] = labels;
    await this.call(`secret ${secretArn} version ${versionId}`, async () => this.client.send(new UpdateSecretVersionStageCommand({
      SecretId: secretArn, VersionStage: label, MoveToVersionId: versionId, RemoveFromVersionId: versionLabelled(versions, label),
    })));
  }

  public async removeLabel(secretArn: string, versionId: string, label: string): Promise<void> {
    await this.call(`secret ${secretArn} version ${versionId}`, async () => {
      try {
        await this.client.send(
          new UpdateSecretVersionStageCommand({ SecretId: secretArn, VersionStage: label, RemoveFromVersionId: versionId }),
        );
      } catch (error) {
        // An earlier attempt, whose response was lost, or another run has removed it.
        const isRemoved = isAwsError(error, 'InvalidParameterException')
          && (await this.listVersions(secretArn))[versionId]?.includes(label) !== true;
        if (!isRemoved) throw error;
      }
    });
  }

  /** Lists the versions with a staging label. Secrets Manager may delete the others at any time. */
  private async listVersions(secretArn: string): Promise<Versions> {
    return (await this.describe(secretArn)).VersionIdsToStages ?? {};
  }

  private async describe(secretArn: string): Promise<Pick<DescribeSecretCommandOutput, 'ARN' | 'VersionIdsToStages'>> {
    return this.call(`secret ${secretArn}`, async () => this.client.send(new DescribeSecretCommand({ SecretId: secretArn })));
  }

  private async call<T>(where: string, request: () => Promise<T>): Promise<T> {
    return callAws('AWS Secrets Manager', where, MEANINGS, request);
  }
}

function versionLabelled(versions: Versions, label: string): string | undefined {
  return Object.keys(versions).find((versionId) => versions[versionId]?.includes(label));
}
