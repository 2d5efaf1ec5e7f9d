import { randomBytes } from 'node:crypto';
import { encryptUnder } from './encryption';
import { notSupported, validation } from '../../protocol/errors';
import { DRY_RUN, ENCRYPTION_CONTEXT, GRANT_TOKENS, KEY_ID, RECIPIENT } from '../../protocol/members';
import { integer, oneOf, optional, structure, text, type ValueOf } from '../../protocol/shape';
import type { Call } from '../call/call';
import { endDryRun } from '../call/dry-run';
import { operation } from '../call/operation';
import { requireUse, usableKey } from '../call/usable-key';

const NUMBER_OF_BYTES = integer({ min: 1, max: 1024 });

const WITHOUT_PLAINTEXT = {
  KeyId: KEY_ID,
  EncryptionContext: optional(ENCRYPTION_CONTEXT),
  NumberOfBytes: optional(NUMBER_OF_BYTES),
  KeySpec: optional(oneOf('AES_256', 'AES_128')),
  GrantTokens: optional(GRANT_TOKENS),
  DryRun: optional(DRY_RUN),
};
const GENERATE_DATA_KEY_WITHOUT_PLAINTEXT = structure(WITHOUT_PLAINTEXT);
const GENERATE_DATA_KEY = structure({ ...WITHOUT_PLAINTEXT, Recipient: optional(RECIPIENT) });

export const generateDataKey = operation(GENERATE_DATA_KEY, async (request, call) => {
  if (request.Recipient !== undefined) throw notSupported('Recipient');
  const { dataKey, ...rest } = await newDataKey('GenerateDataKey', request, call);
  const Plaintext = dataKey.toString('base64');
  dataKey.fill(0);
  return { ...rest, Plaintext };
});

export const generateDataKeyWithoutPlaintext = operation(GENERATE_DATA_KEY_WITHOUT_PLAINTEXT, async (request, call) => {
  const { dataKey, ...rest } = await newDataKey('GenerateDataKeyWithoutPlaintext', request, call);
  dataKey.fill(0);
  return rest;
});

async function newDataKey(
  name: 'GenerateDataKey' | 'GenerateDataKeyWithoutPlaintext', request: ValueOf<typeof GENERATE_DATA_KEY_WITHOUT_PLAINTEXT>, call: Call,
): Promise<{ dataKey: Buffer; CiphertextBlob: string; KeyId: string; KeyMaterialId?: string }> {
  const length = lengthOf(request.KeySpec, request.NumberOfBytes);
  const key = await usableKey(call, name, name, call.keyByAnyName(request.KeyId), request.EncryptionContext);
  requireUse(name, key, 'ENCRYPT_DECRYPT', 'SYMMETRIC_DEFAULT');
  endDryRun(call);
  const dataKey = randomBytes(length);
  const sealed = encryptUnder(key, dataKey, { algorithm: 'SYMMETRIC_DEFAULT', context: request.EncryptionContext, isDataKey: true });
  call.recordUse(name, key);
  return { dataKey, CiphertextBlob: sealed.blob.toString('base64'), KeyId: key.arn, KeyMaterialId: sealed.materialId };
}

function lengthOf(keySpec: 'AES_256' | 'AES_128' | undefined, numberOfBytes: number | undefined): number {
  if ((keySpec === undefined) === (numberOfBytes === undefined)) throw validation('Please specify either number of bytes or key spec.');
  return numberOfBytes ?? (keySpec === 'AES_128' ? 16 : 32);
}

const GENERATE_RANDOM = structure({
  NumberOfBytes: optional(NUMBER_OF_BYTES),
  CustomKeyStoreId: optional(text({ min: 1, max: 64 })),
  Recipient: optional(RECIPIENT),
});

export const generateRandom = operation(GENERATE_RANDOM, async (request, call) => {
  if (request.NumberOfBytes === undefined) throw validation('NumberOfBytes is required.');
  if (request.CustomKeyStoreId !== undefined) throw notSupported('A custom key store');
  if (request.Recipient !== undefined) throw notSupported('Recipient');
  await call.authorize('GenerateRandom');
  return { Plaintext: randomBytes(request.NumberOfBytes).toString('base64') };
});
