import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { keyMaterialResource } from './key-material-resource';
import { KmsKeyMaterial } from '../adapters/kms/kms-key-material';
import { stoppable } from '../adapters/sdk/stoppable';
import { SecretsManagerMaterial } from '../adapters/secrets-manager';
import { customResource } from '../runtime/custom-resource';
import { jsonLog } from '../runtime/log';
import { SYSTEM_CLOCK } from '../runtime/system-clock';

/**
 * KMS allows one GetParametersForImport call per second in an account and Region, so the keys of one stack throttle
 * each other.
 */
const CONFIGURATION = { maxAttempts: 8, requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 } };

const ports = {
  kms: new KmsKeyMaterial(stoppable(new KMSClient(CONFIGURATION))),
  secrets: new SecretsManagerMaterial(stoppable(new SecretsManagerClient(CONFIGURATION))),
  clock: SYSTEM_CLOCK,
  log: jsonLog((line) => process.stdout.write(`${line}\n`)),
};

/** The entry point of the Lambda function. */
export const handler = customResource(keyMaterialResource(ports), ports);
