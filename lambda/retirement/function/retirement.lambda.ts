import { KMSClient } from '@aws-sdk/client-kms';
import { retirementFunction } from './retirement-function';
import { FunctionVariable } from '../../../src/contract/runs/function-steps';
import { KmsKeyFamily } from '../../adapters/kms/kms-family';
import { VisibleKeyFamily } from '../../adapters/kms/visible-key-family';
import { evidenceClient, S3Evidence } from '../../adapters/s3-evidence';
import { PatientRetries } from '../../adapters/sdk/patient-retries';
import { stoppable } from '../../adapters/sdk/stoppable';
import { jsonLog } from '../../runtime/log';
import { SYSTEM_CLOCK } from '../../runtime/system-clock';

/**
 * AWS KMS allows few GetKeyLastUsage and CancelKeyDeletion calls per second in an account and Region: families throttle
 * each other.
 */
const CONFIGURATION = { retryStrategy: new PatientRetries(), requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 } };

/** The entry point of the retirement function in AWS Lambda. */
export const handler = retirementFunction({
  kms: new VisibleKeyFamily(new KmsKeyFamily(stoppable(new KMSClient(CONFIGURATION))), SYSTEM_CLOCK),
  evidence: new S3Evidence(evidenceClient(), process.env[FunctionVariable.EVIDENCE_BUCKET] ?? ''),
  clock: SYSTEM_CLOCK,
  log: jsonLog((line) => process.stdout.write(`${line}\n`)),
});
