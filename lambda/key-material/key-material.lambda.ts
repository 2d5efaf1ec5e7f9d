import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { keyMaterialResource } from './key-material-resource';
import { KmsKeyMaterial } from '../adapters/kms/kms-key-material';
import { SecretsManagerMaterial } from '../adapters/secrets-manager';
import { customResource } from '../runtime/custom-resource';
import { jsonLog } from '../runtime/log';
import { SYSTEM_CLOCK } from '../runtime/system-clock';

/** GetParametersForImport is allowed once a second in an account and Region, so several keys of one stack get in each other's way. */
const CONFIGURATION = { maxAttempts: 8, requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 } };

const ports = {
  kms: new KmsKeyMaterial(new KMSClient(CONFIGURATION)),
  secrets: new SecretsManagerMaterial(new SecretsManagerClient(CONFIGURATION)),
  clock: SYSTEM_CLOCK,
  log: jsonLog((line) => process.stdout.write(`${line}\n`)),
};

/** Lambda's way in. */
export const handler = customResource(keyMaterialResource(ports), ports);
