import { KMSClient } from '@aws-sdk/client-kms';
import { kmsGrantResource } from './kms-grant-resource';
import { KmsGrants } from '../adapters/kms/kms-grants';
import { stoppable } from '../adapters/sdk/stoppable';
import { customResource } from '../runtime/custom-resource';
import { jsonLog } from '../runtime/log';
import { SYSTEM_CLOCK } from '../runtime/system-clock';

const ports = {
  kms: new KmsGrants(stoppable(new KMSClient({ maxAttempts: 8, requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000 } }))),
  clock: SYSTEM_CLOCK,
  log: jsonLog((line) => process.stdout.write(`${line}\n`)),
};

/** Lambda's way in. */
export const handler = customResource(kmsGrantResource(ports), ports);
