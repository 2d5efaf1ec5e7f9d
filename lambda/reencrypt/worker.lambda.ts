import { DEFAULT_LIMITS } from './shard/re-encrypt-shard';
import { workerFunction } from './worker-function';
import { FunctionVariable } from '../../src/contract/runs/function-steps';
import { KmsReEncryption } from '../adapters/kms/kms-reencryption';
import { evidenceClient, S3Evidence } from '../adapters/s3-evidence';
import { workerDynamoClient, workerKmsClient } from '../adapters/sdk/worker-clients';
import { jsonLog } from '../runtime/log';
import { SYSTEM_CLOCK } from '../runtime/system-clock';
import { openStore } from '../stores/open-store';

const clients = { dynamo: workerDynamoClient(DEFAULT_LIMITS.concurrency) };

/** The entry point of the re-encryption worker in AWS Lambda. */
export const handler = workerFunction({
  kms: new KmsReEncryption(workerKmsClient(DEFAULT_LIMITS.concurrency)),
  openStore: (description) => openStore(clients, description),
  evidence: new S3Evidence(evidenceClient(), process.env[FunctionVariable.EVIDENCE_BUCKET] ?? ''),
  clock: SYSTEM_CLOCK,
  log: jsonLog((line) => process.stdout.write(`${line}\n`)),
});
