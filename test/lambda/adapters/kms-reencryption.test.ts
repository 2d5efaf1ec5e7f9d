import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KmsReEncryption } from '../../../lambda/adapters/kms/kms-reencryption';
import { PatientRetries } from '../../../lambda/adapters/sdk/patient-retries';
import type { Tags } from '../../../lambda/ports/keys';
import { FamilyOfKeys, type DataKey } from '../../support/world/family-of-keys';

const CONTEXT = { tenant: 'north' };

let family: FamilyOfKeys;

beforeEach(async () => {
  family = await FamilyOfKeys.start(2);
});

afterEach(() => family.stop());

const reEncrypt = (blob: Uint8Array, sourceKeyId?: string, encryptionContext: Tags = CONTEXT) =>
  family.port.reEncrypt({ blob, sourceKeyId, destinationKeyArn: family.arn(2), encryptionContext });

test('a blob is returned under the destination key with the same plaintext and context, and the response names both keys', async () => {
  const dataKey = await family.dataKey(family.arn(1), CONTEXT);
  const response = await reEncrypt(dataKey.blob);
  expect(response).toMatchObject({ kind: 'answered', sourceKeyArn: family.arn(1), destinationKeyArn: family.arn(2) });
  if (response.kind !== 'answered') return;
  expect(await family.open(response.blob, CONTEXT)).toEqual({ keyArn: family.arn(2), plaintextHash: dataKey.plaintextHash });
  const call = family.kms.audit.records.find(({ requestId }) => requestId === response.requestId);
  expect([call?.encryptionContext, call?.destinationEncryptionContext]).toEqual([CONTEXT, CONTEXT]);
});

test.each<[string, () => Promise<DataKey>, (() => string) | undefined, Tags, string]>([
  ['the recorded key id names another key', () => family.dataKey(family.arn(1), CONTEXT), () => family.arn(2), CONTEXT, 'incorrect-key'],
  ['the context is different', () => family.dataKey(family.arn(1), CONTEXT), undefined, { tenant: 'south' }, 'invalid-ciphertext'],
  ['the blob belongs to another account', () => family.foreignDataKey(CONTEXT), undefined, CONTEXT, 'access-denied'],
])('KMS refuses a blob when %s', async (_name, create, sourceKeyId, context, refusal) => {
  const { blob } = await create();
  expect(await reEncrypt(blob, sourceKeyId?.(), context)).toMatchObject({ kind: 'refused', refusal });
});

test('a refusal names a disabled key', async () => {
  const { blob } = await family.dataKey(family.arn(1), CONTEXT);
  await family.disable(family.arn(1));
  expect(await reEncrypt(blob)).toMatchObject({
    kind: 'refused',
    refusal: 'key-not-ready',
    message: expect.stringContaining(family.arn(1)),
  });
});

test('the permission to re-encrypt is checked without a blob', async () => {
  expect(await family.port.mayReEncrypt(family.arn(1), family.arn(2))).toBe('allowed');
  await family.disable(family.arn(1));
  expect(await family.port.mayReEncrypt(family.arn(1), family.arn(2))).toBe('key-not-ready');
  family.deny('kms:ReEncryptFrom', family.arn(1));
  expect(await family.port.mayReEncrypt(family.arn(1), family.arn(2))).toBe('denied');
});

test('throttling that outlasts all retries is reported as Throttled', async () => {
  const { blob } = await family.dataKey(family.arn(1), CONTEXT);
  const withoutDelay = new PatientRetries(() => 0);
  const port = new KmsReEncryption(family.clientOf('worker', { retryStrategy: withoutDelay }));
  family.kms.faults.set([{ kind: 'throttle', operation: 'ReEncrypt' }]);
  await expect(port.reEncrypt({ blob, destinationKeyArn: family.arn(2), encryptionContext: CONTEXT })).rejects.toMatchObject({
    name: 'Throttled',
  });
  expect(family.kms.audit.count({ accessKey: 'worker', status: 'ThrottlingException' })).toBe(30);
});

describe('retries', () => {
  type RetryToken = Awaited<ReturnType<PatientRetries['acquireInitialRetryToken']>>;

  test('delays grow from some milliseconds to at most one second, each with full jitter', async () => {
    const longest = new PatientRetries(() => 0.999999);
    const delays: number[] = [];
    let token: RetryToken = await longest.acquireInitialRetryToken();
    for (let retry = 0; retry < 8; retry++) {
      token = await longest.refreshRetryTokenForRetry(token, { errorType: 'THROTTLING' });
      delays.push(token.getRetryDelay());
    }
    expect(delays).toEqual([19, 39, 79, 159, 319, 639, 999, 999]);
    expect((await new PatientRetries(() => 0).refreshRetryTokenForRetry(token, { errorType: 'TRANSIENT' })).getRetryDelay()).toBe(0);
  });

  test('100,000 calls succeed when 30 % of all attempts are throttled: the retry capacity is not limited', async () => {
    let seed = 1;
    const chance = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const retries = new PatientRetries(chance);
    let maxAttempts = 0;
    for (let call = 0; call < 100_000; call++) {
      let token = await retries.acquireInitialRetryToken();
      while (chance() < 0.3) token = await retries.refreshRetryTokenForRetry(token, { errorType: 'THROTTLING' });
      retries.recordSuccess();
      maxAttempts = Math.max(maxAttempts, token.getRetryCount() + 1);
    }
    expect(maxAttempts).toBeLessThan(20);
  });

  test('a permanent refusal is not retried', async () => {
    const retries = new PatientRetries();
    await expect(
      retries.refreshRetryTokenForRetry(await retries.acquireInitialRetryToken(), { errorType: 'CLIENT_ERROR' }),
    ).rejects.toThrow();
  });
});

test('no code that runs in the account can decrypt a data key', () => {
  const lambda = join(__dirname, '../../../lambda');
  const sources = readdirSync(lambda, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
  expect(sources).toEqual(expect.arrayContaining(['reencrypt/shard/re-encrypt-shard.ts', 'adapters/kms/kms-reencryption.ts']));
  const imported = sources.flatMap((path) => {
    const text = readFileSync(join(lambda, path), 'utf8');
    const names = [...text.matchAll(/import\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'@aws-sdk\/client-kms'/g)].flatMap(([, list]) =>
      (list ?? '').split(','),
    );
    return names.map((name) => `${path}: ${name.trim()}`);
  });
  expect(imported).toContain('adapters/kms/kms-reencryption.ts: ReEncryptCommand');
  expect(imported.filter((name) => /Decrypt/.test(name))).toEqual([]);
  // The imports cannot be bypassed: neither with the aggregated client nor with the name of the action.
  for (const path of sources) {
    expect(readFileSync(join(lambda, path), 'utf8')).not.toMatch(
      /\bnew KMS\(|\* as \w+ from '@aws-sdk\/client-kms'|DecryptCommand|kms:Decrypt/,
    );
  }
});
