import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { controlFunction } from './control-function';
import { FunctionVariable } from '../../src/contract/runs/function-steps';
import { KmsKeyFamily } from '../adapters/kms/kms-family';
import { KmsKeyMaterial } from '../adapters/kms/kms-key-material';
import { evidenceClient, S3Evidence } from '../adapters/s3-evidence';
import { PatientRetries } from '../adapters/sdk/patient-retries';
import { SecretsManagerMaterial } from '../adapters/secrets-manager';
import { StepFunctionsMachines } from '../adapters/step-functions';
import { jsonLog } from '../runtime/log';
import { SYSTEM_CLOCK } from '../runtime/system-clock';

/** KMS allows few changes of policies and aliases per second in an account and Region: families throttle each other. */
const CONFIGURATION = { retryStrategy: new PatientRetries(), requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 } };

const kms = new KMSClient(CONFIGURATION);

/** The entry point of the control function in AWS Lambda. */
export const handler = controlFunction({
  kms: new KmsKeyFamily(kms),
  material: new KmsKeyMaterial(kms),
  secret: new SecretsManagerMaterial(new SecretsManagerClient(CONFIGURATION)),
  machines: new StepFunctionsMachines(new SFNClient(CONFIGURATION)),
  evidence: new S3Evidence(evidenceClient(), process.env[FunctionVariable.EVIDENCE_BUCKET] ?? ''),
  clock: SYSTEM_CLOCK,
  log: jsonLog((line) => process.stdout.write(`${line}\n`)),
});
