import {
  GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client, type ListObjectsV2CommandOutput, type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { PatientRetries } from './sdk/patient-retries';
import { askAws, isAwsError, type ErrorMeaning, type ErrorMeanings } from './sdk/sdk-errors';
import { ErrorName } from '../../src/contract/error-names';
import type { EvidencePort } from '../ports';

const LATER: ErrorMeaning = { name: ErrorName.THROTTLED, remedy: 'ask again later; nothing has to be changed' };

/** What the errors of Amazon S3 mean to us. Names that are not listed follow the rules of every AWS service. */
const S3_MEANINGS: ErrorMeanings = {
  NoSuchBucket: { name: ErrorName.INVALID_REQUEST, remedy: 'bring the evidence bucket back: without evidence nothing is re-encrypted or retired' },
  SlowDown: LATER,
  InternalError: LATER,
  RequestTimeout: LATER,
  ConditionalRequestConflict: LATER,
};

/** How often a write is tried that meets another write of the same object. The other one is over soon: then the object exists. */
const MOST_ATTEMPTS = 10;

/** A client for `S3Evidence`. Long work hangs on each of its writes, so it is patient. */
export function evidenceClient(configuration: S3ClientConfig = {}): S3Client {
  return new S3Client({
    // The bucket in the path, not in the name of the host: Amazon S3 takes both, an endpoint on a laptop only this.
    forcePathStyle: true,
    retryStrategy: new PatientRetries(),
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    ...configuration,
  });
}

/**
 * Evidence in an Amazon S3 bucket: JSON objects that are written once, by S3's own condition.
 *
 * Whoever reads needs s3:ListBucket as well: without it S3 answers for an object that is not there as for one that is forbidden.
 */
export class S3Evidence implements EvidencePort {
  public constructor(private readonly client: S3Client, private readonly bucket: string) {}

  /** A write whose answer was lost is sent again by the SDK, and then finds its own object: `exists`, and what stands there is what was written. */
  public async writeOnce(key: string, content: object): Promise<'written' | 'exists'> {
    const request = new PutObjectCommand({
      Bucket: this.bucket, Key: key, Body: JSON.stringify(content), ContentType: 'application/json', IfNoneMatch: '*',
    });
    return this.ask(async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          await this.client.send(request);
          return 'written';
        } catch (error) {
          if (isAwsError(error, 'PreconditionFailed')) return 'exists';
          if (!isAwsError(error, 'ConditionalRequestConflict') || attempt === MOST_ATTEMPTS) throw error;
        }
      }
    });
  }

  public async read<T>(key: string): Promise<T | undefined> {
    const text = await this.ask(async () => {
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

  public async list(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let from: string | undefined;
    do {
      const request = new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ContinuationToken: from });
      const page: ListObjectsV2CommandOutput = await this.ask(() => this.client.send(request));
      keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      from = page.NextContinuationToken;
    } while (from !== undefined);
    return keys;
  }

  private async ask<T>(call: () => Promise<T>): Promise<T> {
    return askAws('Amazon S3', `bucket ${this.bucket}`, S3_MEANINGS, call);
  }
}
