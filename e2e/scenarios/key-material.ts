import { randomBytes } from 'node:crypto';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Account } from '../emulator/account';

/** Writes 32 new bytes of key material to the secret of an app, as its operators do before a deployment. */
export async function putKeyMaterial({ secrets }: Account, secretName: string): Promise<void> {
  const SecretBinary = randomBytes(32);
  try {
    await secrets.send(new CreateSecretCommand({ Name: secretName, SecretBinary }));
  } catch (error) {
    if ((error as Error).name !== 'ResourceExistsException') throw error;
    await secrets.send(new PutSecretValueCommand({ SecretId: secretName, SecretBinary }));
  }
}
