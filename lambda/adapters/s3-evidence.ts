import {
  GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client, type ListObjectsV2CommandOutput, type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { PatientRetries } from './sdk/patient-retries';
import { callAws, isAwsError, type ErrorMeaning, type ErrorMeanings } from './sdk/sdk-errors';
import { stoppable } from './sdk/stoppable';
import { ErrorName } from '../../src/contract/error-names';
import type { EvidencePort } from '../ports/evidence';

const LATER: ErrorMeaning = { name: ErrorName.THROTTLED, remedy: 'retry later; no change is needed' };

/** The meaning of Amazon S3 errors. Names that are not listed follow the rules of every AWS service. */
const S3_MEANINGS: ErrorMeanings = {
  NoSuchBucket: {
    name: ErrorName.INVALID_REQUEST,
    remedy: 'restore the evidence bucket: without it no record is re-encrypted and no generation is retired',
  },
  SlowDown: LATER,
  InternalError: LATER,
  RequestTimeout: LATER,
  ConditionalRequestConflict: LATER,
};

/**
 * Attempts of a write that conflicts with another write of the same object. The other write ends soon: then
 * the object exists.
 */
const MAX_ATTEMPTS = 10;

/** A client for `S3Evidence`. Long work depends on each write, so it retries many times. */
export function evidenceClient(configuration: S3ClientConfig = {}): S3Client {
  return stoppable(new S3Client({
    // The bucket in the path, not in the name of the host: Amazon S3 takes both, an endpoint on a laptop only this.
    forcePathStyle: true,
    retryStrategy: new PatientRetries(),
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    ...configuration,
  }));
}

/**
 * Evidence in an Amazon S3 bucket: JSON objects that are written once, by S3's own condition.
 *
 * A reader also needs s3:ListBucket: without it S3 returns AccessDenied (403) and not NoSuchKey (404) for an object
 * that does not exist. Source: GetObject, Amazon S3 API reference.
 */
export class S3Evidence implements EvidencePort {
  public constructor(private readonly client: S3Client, private readonly bucket: string) {}

  /**
   * If the response of a write is lost, the SDK sends it again and finds its own object: `exists`, with
   * the same content.
   */
  public async writeOnce(key: string, content: object): Promise<'written' | 'exists'> {
    const request = new PutObjectCommand({
      Bucket: this.bucket, Key: key, Body: JSON.stringify(content), ContentType: 'application/json', IfNoneMatch: '*',
    });
    return this.callS3(async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          await this.client.send(request);
          return 'written';
        } catch (error) {
          if (isAwsError(error, 'PreconditionFailed')) return 'exists';
          if (!isAwsError(error, 'ConditionalRequestConflict') || attempt === MAX_ATTEMPTS) throw error;
        }
      }
    });
  }

  public async read<T>(key: string): Promise<T | undefined> {
    const text = await this.callS3(async () => {
      try {
        const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
        return await Body?.transformToString();
      } catch (error) {
        if (isAwsError(error, 'NoSuchKey')) return undefined;
        throw error;
      }
    });
    return text === undefined ? undefined : JSON.parse(text) as T;
  }

  public async list(prefix: string, after?: string): Promise<string[]> {
    const keys: string[] = [];
    let from: string | undefined;
    do {
      const request = new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, StartAfter: after, ContinuationToken: from });
      const page: ListObjectsV2CommandOutput = await this.callS3(() => this.client.send(request));
      keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      from = page.NextContinuationToken;
    } while (from !== undefined);
    return keys;
  }

  private async callS3<T>(call: () => Promise<T>): Promise<T> {
    return callAws('Amazon S3', `bucket ${this.bucket}`, S3_MEANINGS, call);
  }
}
