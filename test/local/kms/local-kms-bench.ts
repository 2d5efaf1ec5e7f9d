import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { KMS, type ImportKeyMaterialRequest, type KeyMetadata, type KeySpec, type KeyUsageType } from '@aws-sdk/client-kms';
import { CallRecorder } from './operations-page/recorded-calls';
import { LocalKms, type LocalKmsOptions } from '../../../local/kms/local-kms';
import { VirtualClock } from '../../../local/kms/model/time/clock';

/** The time of the fixed clocks of these tests, by default. */
export const THE_BEGINNING = new Date('2026-01-01T00:00:00Z');
export const MINUTE = 60 * 1000;
export const DAY = 24 * 60 * MINUTE;

export const ACCOUNT = '444455556666';
export const REGION = 'eu-central-1';

const running: (() => Promise<void>)[] = [];
const recorder = new CallRecorder();

afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
});

afterAll(() => recorder.save(expect.getState().testPath!));

export interface Bench {
  readonly server: LocalKms;
  /** A client of ACCOUNT in REGION that does not retry. */
  readonly kms: KMS;
  /** A client of another access key, or of another Region. */
  readonly as: (accessKeyId: string, region?: string) => KMS;
}

/** A local KMS of one test. It stops with the test. */
export async function aLocalKms(options: LocalKmsOptions = {}): Promise<Bench> {
  const { stop, ...bench } = await aLastingLocalKms(options);
  running.push(stop);
  return bench;
}

/** A local KMS that several tests share, because its keys are slow to create. The caller stops it. */
export async function aLastingLocalKms(options: LocalKmsOptions = {}): Promise<Bench & { stop: () => Promise<void> }> {
  const server = await LocalKms.start({
    clock: VirtualClock.frozenAt(THE_BEGINNING),
    ...options,
    onCall: (record) => {
      recorder.record(record);
      options.onCall?.(record);
    },
  });
  const clients: KMS[] = [];
  const as = (accessKeyId: string, region = REGION): KMS => {
    const client = new KMS({
      endpoint: server.endpoint,
      region,
      maxAttempts: 1,
      credentials: { accessKeyId, secretAccessKey: 'not checked' },
    });
    clients.push(client);
    return client;
  };
  const stop = async () => {
    clients.forEach((client) => client.destroy());
    await server.stop();
  };
  return { server, kms: as(ACCOUNT), as, stop };
}

/** `Name: message` of the error that a call ends with. AWS's exceptions without text show as `UnknownError`. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  throw new Error('the call was answered, and should have been refused');
}

export async function aKey(kms: KMS): Promise<Described> {
  return described((await kms.createKey({})).KeyMetadata);
}

/** A key of any spec and usage. */
export async function aKeyOf(kms: KMS, KeySpec: KeySpec, KeyUsage: KeyUsageType): Promise<Described> {
  return described((await kms.createKey({ KeySpec, KeyUsage })).KeyMetadata);
}

export async function anExternalKey(kms: KMS): Promise<Described> {
  return described((await kms.createKey({ Origin: 'EXTERNAL' })).KeyMetadata);
}

/** Gets parameters, wraps and imports. The key material does not expire by default. */
export async function importBytes(
  kms: KMS,
  keyId: string,
  bytes: Buffer,
  changes: Partial<ImportKeyMaterialRequest> = {},
): Promise<string> {
  const { ImportToken, EncryptedKeyMaterial } = await wrapped(kms, keyId, bytes);
  const answer = await kms.importKeyMaterial({
    KeyId: keyId,
    ImportToken,
    EncryptedKeyMaterial,
    ExpirationModel: changes.ValidTo ? 'KEY_MATERIAL_EXPIRES' : 'KEY_MATERIAL_DOES_NOT_EXPIRE',
    ...changes,
  });
  return answer.KeyMaterialId!;
}

export async function wrapped(
  kms: KMS,
  keyId: string,
  bytes: Buffer,
): Promise<{ ImportToken: Uint8Array; EncryptedKeyMaterial: Uint8Array }> {
  const { ImportToken, PublicKey } = await kms.getParametersForImport({
    KeyId: keyId,
    WrappingAlgorithm: 'RSAES_OAEP_SHA_256',
    WrappingKeySpec: 'RSA_2048',
  });
  return { ImportToken: ImportToken!, EncryptedKeyMaterial: wrap(PublicKey!, bytes, 'sha256') };
}

export function wrap(publicKey: Uint8Array, bytes: Buffer, oaepHash: string): Buffer {
  const key = { key: Buffer.from(publicKey), format: 'der', type: 'spki', padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash } as const;
  return publicEncrypt(key, bytes);
}

/** An EXTERNAL key with imported key material. */
export async function anImportedKey(
  kms: KMS, bytes = randomBytes(32), changes: Partial<ImportKeyMaterialRequest> = {},
): Promise<Described & { bytes: Buffer }> {
  const key = await anExternalKey(kms);
  await importBytes(kms, key.KeyId, bytes, changes);
  return { ...await describeKey(kms, key.KeyId), bytes };
}

export async function describeKey(kms: KMS, keyId: string): Promise<Described> {
  return described((await kms.describeKey({ KeyId: keyId })).KeyMetadata);
}

export async function encryptText(kms: KMS, keyId: string, text: string, context?: Record<string, string>): Promise<Uint8Array> {
  return (await kms.encrypt({ KeyId: keyId, Plaintext: Buffer.from(text), EncryptionContext: context })).CiphertextBlob!;
}

export async function decryptText(kms: KMS, blob: Uint8Array, context?: Record<string, string>): Promise<string> {
  return Buffer.from((await kms.decrypt({ CiphertextBlob: blob, EncryptionContext: context })).Plaintext!).toString();
}

/** Key metadata with both identifiers. */
export type Described = KeyMetadata & { KeyId: string; Arn: string };

function described(metadata: KeyMetadata | undefined): Described {
  return { ...metadata, KeyId: metadata!.KeyId!, Arn: metadata!.Arn! };
}
