import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';
import { PatientRetries } from './patient-retries';
import { stoppable } from './stoppable';

/** The KMS client of the re-encryption worker: for use under throttling, with a socket for each record in work. */
export function workerKmsClient(concurrency: number, configuration: KMSClientConfig = {}): KMSClient {
  return stoppable(new KMSClient({ ...workerConnections(concurrency), ...configuration }));
}

/** The DynamoDB client of the re-encryption worker. Pages that are read ahead need a socket, too. */
export function workerDynamoClient(concurrency: number, configuration: DynamoDBClientConfig = {}): DynamoDBClient {
  return stoppable(new DynamoDBClient({ ...workerConnections(concurrency + 2), ...configuration }));
}

function workerConnections(maxSockets: number) {
  const agent = { keepAlive: true, maxSockets };
  return {
    retryStrategy: new PatientRetries(),
    // A missing response must not block an invocation until the function times out.
    requestHandler: { httpAgent: agent, httpsAgent: agent, connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
  };
}
