import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { controlFunction } from './control-function';
import { FunctionVariable } from '../../src/contract/runs/function-steps';
import { KmsKeyFamily } from '../adapters/kms/kms-family';
import { KmsKeyMaterial } from '../adapters/kms/kms-key-material';
import { VisibleKeyFamily } from '../adapters/kms/visible-key-family';
import { evidenceClient, S3Evidence } from '../adapters/s3-evidence';
import { PatientRetries } from '../adapters/sdk/patient-retries';
import { stoppable } from '../adapters/sdk/stoppable';
import { SecretsManagerMaterial } from '../adapters/secrets-manager';
import { StepFunctionsMachines } from '../adapters/step-functions';
import { jsonLog } from '../runtime/log';
import { SYSTEM_CLOCK } from '../runtime/system-clock';

/** KMS allows few changes of policies and aliases per second in an account and Region: families throttle each other. */
const CONFIGURATION = { retryStrategy: new PatientRetries(), requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 } };

const kms = stoppable(new KMSClient(CONFIGURATION));

/** The entry point of the control function in AWS Lambda. */
export const handler = controlFunction({
  kms: new VisibleKeyFamily(new KmsKeyFamily(kms), SYSTEM_CLOCK),
  material: new KmsKeyMaterial(kms),
  secret: new SecretsManagerMaterial(stoppable(new SecretsManagerClient(CONFIGURATION))),
  machines: new StepFunctionsMachines(stoppable(new SFNClient(CONFIGURATION))),
  evidence: new S3Evidence(evidenceClient(), process.env[FunctionVariable.EVIDENCE_BUCKET] ?? ''),
  clock: SYSTEM_CLOCK,
  log: jsonLog((line) => process.stdout.write(`${line}\n`)),
});
