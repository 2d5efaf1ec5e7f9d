import type { KMS } from '@aws-sdk/client-kms';
import type { AuthorizationRequest } from '../../../../local/kms/authorization/authorizer';
import { UnconditionalDenyAuthorizer } from '../../../../local/kms/authorization/unconditional-deny-authorizer';
import { aKey, aLocalKms, ACCOUNT, encryptText, REGION, refusalOf, THE_BEGINNING, type Bench } from '../local-kms-bench';

const ALLOW = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'kms:*', Resource: '*' };
const DENY = { Effect: 'Deny', Principal: '*', Action: 'kms:Encrypt', Resource: '*' };
const denied = (action: string, arn: string) =>
  `AccessDeniedException: User: arn:aws:iam::${ACCOUNT}:user/${ACCOUNT} is not authorized to perform: ` +
  `${action} on resource: ${arn} with an explicit deny in a resource-based policy`;

/** A KMS that enforces unconditional Deny statements for all principals. */
const aStrictKms = (): Promise<Bench> => aLocalKms({ authorizer: new UnconditionalDenyAuthorizer() });

async function aKeyWithPolicy(kms: KMS, ...statements: object[]) {
  const key = await aKey(kms);
  await kms.putKeyPolicy({ KeyId: key.KeyId, Policy: JSON.stringify({ Statement: statements }), BypassPolicyLockoutSafetyCheck: true });
  return key;
}

const encrypts = (kms: KMS, KeyId: string): Promise<string> =>
  encryptText(kms, KeyId, 'text').then(
    () => 'encrypted',
    (error) => `${error.name}: ${error.message}`,
  );

test('a fence denies the operations that encrypt under the key, and no operation that decrypts', async () => {
  const { kms } = await aStrictKms();
  const [old, next] = [await aKey(kms), await aKey(kms)];
  const blob = await encryptText(kms, old.KeyId, 'text');
  const Action = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptTo', 'kms:CreateGrant'];
  await kms.putKeyPolicy({ KeyId: old.KeyId, Policy: JSON.stringify({ Statement: [ALLOW, { ...DENY, Action }] }) });

  expect(await refusalOf(kms.encrypt({ KeyId: old.KeyId, Plaintext: Buffer.from('text') }))).toBe(denied('kms:Encrypt', old.Arn));
  expect(await refusalOf(kms.generateDataKey({ KeyId: old.KeyId, KeySpec: 'AES_256' }))).toBe(denied('kms:GenerateDataKey', old.Arn));
  expect(await refusalOf(kms.generateDataKeyWithoutPlaintext({ KeyId: old.KeyId, KeySpec: 'AES_256' }))).toBe(
    denied('kms:GenerateDataKeyWithoutPlaintext', old.Arn),
  );
  expect(await refusalOf(kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: old.KeyId }))).toBe(denied('kms:ReEncryptTo', old.Arn));
  await kms.decrypt({ CiphertextBlob: blob });
  await kms.reEncrypt({ CiphertextBlob: blob, DestinationKeyId: next.KeyId });
  await kms.describeKey({ KeyId: old.KeyId });
});

test('a denial precedes the error of the key state', async () => {
  const { kms } = await aStrictKms();
  const { KeyId, Arn } = await aKeyWithPolicy(kms, DENY);
  await kms.disableKey({ KeyId });
  expect(await encrypts(kms, KeyId)).toBe(denied('kms:Encrypt', Arn));
});

describe('a statement is enforced if', () => {
  test.each([
    ['denies everybody', DENY],
    ['denies every AWS principal', { ...DENY, Principal: { AWS: '*' } }],
    ['denies every AWS principal in a list', { ...DENY, Principal: { AWS: ['*'] } }],
    ['names the action among others', { ...DENY, Action: ['kms:Sign', 'kms:Encrypt'] }],
    ['names the action by its beginning', { ...DENY, Action: 'kms:Enc*' }],
    ['names the action in another case', { ...DENY, Action: 'KMS:encrypt' }],
    ['names all actions', { ...DENY, Action: '*' }],
  ])('%s', async (_, statement) => {
    const { kms } = await aStrictKms();
    const { KeyId, Arn } = await aKeyWithPolicy(kms, ALLOW, statement);
    expect(await encrypts(kms, KeyId)).toBe(denied('kms:Encrypt', Arn));
  });
});

describe('a statement is enforced only by the full evaluation of policies if', () => {
  test.each([
    ['allows', ALLOW],
    ['denies one principal', { ...DENY, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }],
    ['denies a service', { ...DENY, Principal: { Service: '*' } }],
    ['has a condition', { ...DENY, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
    ['denies another action', { ...DENY, Action: 'kms:EncryptMore' }],
    ['denies all but some actions', { ...DENY, Action: undefined, NotAction: 'kms:Decrypt' }],
    ['is about another key', { ...DENY, Resource: `arn:aws:kms:eu-central-1:${ACCOUNT}:key/other` }],
  ])('%s', async (_, statement) => {
    const { kms } = await aStrictKms();
    const { KeyId } = await aKeyWithPolicy(kms, statement);
    expect(await encrypts(kms, KeyId)).toBe('encrypted');
  });
});

test('a changed policy counts from the next call on', async () => {
  const { kms } = await aStrictKms();
  const { KeyId, Arn } = await aKeyWithPolicy(kms, ALLOW, DENY);
  expect(await encrypts(kms, KeyId)).toBe(denied('kms:Encrypt', Arn));
  await kms.putKeyPolicy({ KeyId, Policy: JSON.stringify({ Statement: ALLOW }) });
  expect(await encrypts(kms, KeyId)).toBe('encrypted');
});

test('without an authorizer, every principal may perform all actions', async () => {
  const { kms } = await aLocalKms();
  const { KeyId } = await aKeyWithPolicy(kms, DENY);
  expect(await encrypts(kms, KeyId)).toBe('encrypted');
});

test('permission for the keys alone does not move an alias', async () => {
  const { kms } = await aLocalKms({
    authorizer: {
      decide: ({ action, aliasArn }) =>
        action === 'kms:UpdateAlias' && aliasArn !== undefined ? { because: 'because it is not theirs' } : undefined,
    },
  });
  const [old, next] = [await aKey(kms), await aKey(kms)];
  await kms.createAlias({ AliasName: 'alias/orders', TargetKeyId: old.KeyId });

  expect(await refusalOf(kms.updateAlias({ AliasName: 'alias/orders', TargetKeyId: next.KeyId }))).toBe(
    `AccessDeniedException: User: arn:aws:iam::${ACCOUNT}:user/${ACCOUNT} is not authorized to perform: kms:UpdateAlias `
    + `on resource: arn:aws:kms:${REGION}:${ACCOUNT}:alias/orders because it is not theirs`);
  expect((await kms.describeKey({ KeyId: 'alias/orders' })).KeyMetadata!.KeyId).toBe(old.KeyId);
});

test('an authorizer receives each action with its key, caller and encryption context', async () => {
  const asked: AuthorizationRequest[] = [];
  const { as } = await aLocalKms({
    authorizer: {
      decide: (request) => {
        asked.push(request);
        return undefined;
      },
    },
  });
  const worker = as('worker');
  const [source, destination] = [await aKey(worker), await aKey(worker)];
  const blob = await encryptText(worker, source.KeyId, 'text', { tenant: 'acme' });
  asked.length = 0;

  await worker.reEncrypt({ CiphertextBlob: blob, SourceEncryptionContext: { tenant: 'acme' }, DestinationKeyId: destination.KeyId });
  await worker.createAlias({ AliasName: 'alias/orders', TargetKeyId: source.KeyId });
  await worker.updateAlias({ AliasName: 'alias/orders', TargetKeyId: destination.KeyId });
  await worker.deleteAlias({ AliasName: 'alias/orders' });
  await worker.listKeys({});

  const alias = `arn:aws:kms:${REGION}:111122223333:alias/orders`;
  expect(asked.map(({ action, key, aliasArn }) => `${action} ${key?.arn ?? aliasArn ?? '-'}`)).toEqual([
    `kms:ReEncryptFrom ${source.Arn}`, `kms:ReEncryptTo ${destination.Arn}`,
    `kms:CreateAlias ${alias}`, `kms:CreateAlias ${source.Arn}`,
    `kms:UpdateAlias ${alias}`, `kms:UpdateAlias ${source.Arn}`, `kms:UpdateAlias ${destination.Arn}`,
    `kms:DeleteAlias ${alias}`, `kms:DeleteAlias ${destination.Arn}`, 'kms:ListKeys -',
  ]);
  const { Policy } = await worker.getKeyPolicy({ KeyId: source.KeyId });
  expect(asked[0]).toMatchObject({
    caller: { accessKey: 'worker', principalArn: 'arn:aws:iam::111122223333:user/worker', account: '111122223333', region: REGION },
    action: 'kms:ReEncryptFrom',
    key: { arn: source.Arn, policy: Policy },
    encryptionContext: { tenant: 'acme' },
    request: { DestinationKeyId: destination.KeyId },
    now: THE_BEGINNING.getTime(),
  });
});
