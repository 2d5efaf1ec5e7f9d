import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { lostAccess, removedDenials } from '../../../lambda/key-family/policy/lost-access';
import { ALIAS, RotatingKeyWorld } from '../../support/world/rotating-key-world';

const APPLICATION = 'arn:aws:iam::111122223333:role/application';
const ROOT = 'arn:aws:iam::111122223333:root';
const USES = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'];
const TENANT = { StringEquals: { 'kms:EncryptionContext:tenant': 'acme' } };

const allow = (Action: string | string[], others: object = {}) =>
  ({ Effect: 'Allow', Principal: { AWS: APPLICATION }, Action, Resource: '*', ...others });
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const decrypt = allow('kms:Decrypt');

describe('a principal that may decrypt by the former key policy', () => {
  test.each<[string, object, object[]]>([
    ['the same statement', decrypt, [decrypt]],
    ['a statement about all actions', decrypt, [allow('kms:*')]],
    ['a pattern in another case', decrypt, [allow('KMS:dec*')]],
    ['one of several principals', decrypt, [{ ...decrypt, Principal: { AWS: ['arn:aws:iam::111122223333:role/other', APPLICATION] } }]],
    ['a statement about every principal', decrypt, [{ ...decrypt, Principal: '*' }]],
    ['the same condition', allow('kms:Decrypt', { Condition: TENANT }), [allow('kms:Decrypt', { Condition: TENANT })]],
    ['no condition any more', allow('kms:Decrypt', { Condition: TENANT }), [decrypt]],
    ['a denial of another action', decrypt, [decrypt, allow('kms:Encrypt', { Effect: 'Deny' })]],
    ['a denial for another role', decrypt, [decrypt, { ...decrypt, Effect: 'Deny', Principal: { AWS: 'arn:aws:iam::111122223333:role/other' } }]],
    ['the account by its id', { ...decrypt, Principal: { AWS: '111122223333' } }, [{ ...allow('kms:*'), Principal: { AWS: ROOT } }]],
  ])('keeps it by %s', (_, former, next) => {
    expect(lostAccess(policy(former), policy(...next))).toEqual([]);
  });

  test.each<[string, object, object[]]>([
    ['is an administrator, who cannot decrypt', decrypt, [allow(['kms:DescribeKey', 'kms:PutKeyPolicy'])]],
    ['may only encrypt', decrypt, [allow('kms:Encrypt')]],
    ['may decrypt with a condition', decrypt, [allow('kms:Decrypt', { Condition: TENANT })]],
    ['may decrypt with another condition', allow('kms:Decrypt', { Condition: { StringEquals: { 'kms:ViaService': 'x' } } }),
      [allow('kms:Decrypt', { Condition: TENANT })]],
    ['may decrypt with one more condition', allow('kms:Decrypt', { Condition: TENANT }),
      [allow('kms:Decrypt', { Condition: { ...TENANT, Bool: { 'aws:SecureTransport': 'true' } } })]],
    ['is denied it', decrypt, [decrypt, allow('kms:*', { Effect: 'Deny', Principal: '*', Condition: TENANT })]],
    ['is denied it, and the denial names others', decrypt, [decrypt, { Effect: 'Deny', NotPrincipal: { AWS: ROOT }, Action: '*', Resource: '*' }]],
    ['depends on IAM policies', decrypt, [{ ...allow('kms:*'), Principal: { AWS: ROOT } }]],
    ['may decrypt with another key', decrypt, [allow('kms:Decrypt', { Resource: 'arn:aws:kms:eu-central-1:111122223333:key/other' })]],
    ['may do all except that', decrypt, [{ ...decrypt, Action: undefined, NotAction: 'kms:Decrypt' }]],
    ['is not named', decrypt, []],
  ])('loses it if it %s', (_, former, next) => {
    expect(lostAccess(policy(former), policy(...next))).toEqual([{ principal: APPLICATION, actions: ['Decrypt'] }]);
  });

  test('keeps it if both policies deny the same, whatever the names of the statements are', () => {
    const denial = allow('kms:*', { Effect: 'Deny', Condition: TENANT });
    expect(lostAccess(policy(decrypt, { ...denial, Sid: 'One' }), policy(decrypt, { ...denial, Sid: 'Other' }))).toEqual([]);
  });
});

test.each<[string, object, string, string[]]>([
  ['all uses', allow('kms:*'), APPLICATION, ['Decrypt', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'GenerateDataKeyPair',
    'GenerateDataKeyPairWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo']],
  ['patterns', allow('kms:ReEncrypt*'), APPLICATION, ['ReEncryptFrom', 'ReEncryptTo']],
  ['a service', { ...decrypt, Principal: { Service: 'logs.amazonaws.com' } }, 'logs.amazonaws.com', ['Decrypt']],
  ['every principal', { ...decrypt, Principal: '*' }, '*', ['Decrypt']],
  ['every principal except one', { ...decrypt, Principal: undefined, NotPrincipal: { AWS: ROOT } }, '*', ['Decrypt']],
])('a key policy that allows %s names what is lost', (_, former, principal, actions) => {
  expect(lostAccess(policy(former), policy({ ...allow('kms:*'), Principal: { AWS: ROOT } }))).toEqual([{ principal, actions }]);
});

test('a former key policy that cannot be read counts as lost for every principal', () => {
  expect(lostAccess('{', policy(allow('kms:*')))).toMatchObject([{ principal: '*' }]);
});

describe('the adoption of a key whose key policy allows an application to decrypt and to generate data keys', () => {
  let world: RotatingKeyWorld;
  let key: { keyId: string; keyArn: string };
  const account = { ...allow('kms:*'), Principal: { AWS: ROOT } };

  beforeEach(async () => {
    world = await RotatingKeyWorld.open();
    key = await world.foreignKey(ALIAS);
    await world.putPolicy(key.keyId, policy(account, allow(['kms:Decrypt', 'kms:GenerateDataKey'])));
  });
  afterEach(async () => world.close());

  test.each<[string, object, string]>([
    ['it is an administrator of the family', allow(['kms:DescribeKey', 'kms:PutKeyPolicy']), `got ${APPLICATION} (Decrypt, GenerateDataKey); `],
    ['it may encrypt only', allow('kms:GenerateDataKey'), `got ${APPLICATION} (Decrypt); `],
    ['it may decrypt in one encryption context only', allow(USES, { Condition: TENANT }), `got ${APPLICATION} (Decrypt, GenerateDataKey); `],
  ])('is refused if %s, and accepted if it may lose access', async (_, statement, given) => {
    world.description = { ...world.description, policyDocument: policy(account, statement) };
    const refused = await world.create({ StartFromKeyArn: key.keyArn });
    expect(refused).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(given) });
    expect(refused.Reason).toContain('add them to users, because administrators cannot use the key');
    expect(world.changes()).toEqual([]);
    expect(await world.create({ StartFromKeyArn: key.keyArn, PrincipalsToDrop: [APPLICATION] })).toMatchObject({ Status: 'SUCCESS' });
    expect(await world.policy(key.keyId)).toBe(generationPolicy(world.description, 'current'));
  });

  test('succeeds if it is a user of the family', async () => {
    world.description = { ...world.description, policyDocument: policy(account, allow(USES)) };
    expect(await world.create({ StartFromKeyArn: key.keyArn })).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('a denial of the former key policy', () => {
  const denial = allow('kms:Decrypt', { Effect: 'Deny', Principal: '*', Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } } });

  test('is removed, and named, if the next one does not contain it', () => {
    expect(removedDenials(policy(decrypt, { ...denial, Sid: 'OnlyFromTheNetwork' }), policy(decrypt))).toEqual(['OnlyFromTheNetwork']);
    expect(removedDenials(policy(denial), policy({ ...denial, Condition: TENANT }))).toEqual([JSON.stringify(denial)]);
  });

  test('is kept under another name', () => {
    expect(removedDenials(policy({ ...denial, Sid: 'One' }), policy(decrypt, { ...denial, Sid: 'Other' }))).toEqual([]);
  });
});
