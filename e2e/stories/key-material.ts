import { randomBytes } from 'node:crypto';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Account } from '../emulator/account';

/** Puts 32 new bytes where an app reads its key material from, as its people do before they deploy. */
export async function putKeyMaterial({ secrets }: Account, secretName: string): Promise<void> {
  const SecretBinary = randomBytes(32);
  try {
    await secrets.send(new CreateSecretCommand({ Name: secretName, SecretBinary }));
  } catch (error) {
    if ((error as Error).name !== 'ResourceExistsException') throw error;
    await secrets.send(new PutSecretValueCommand({ SecretId: secretName, SecretBinary }));
  }
}
