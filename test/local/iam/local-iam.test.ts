import { CreateTableCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateGrantCommand, CreateKeyCommand, EncryptCommand, GetKeyPolicyCommand, ListGrantsCommand, PutKeyPolicyCommand, type KMSClient,
} from '@aws-sdk/client-kms';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ACCOUNT, Laptop } from '../../../local/laptop';

let laptop: Laptop;
let admin: KMSClient;

beforeEach(async () => {
  laptop = await Laptop.open({ seed: 1, faults: [] });
  admin = laptop.kmsClient('administrator', 1);
});
afterEach(() => laptop.close());

const ROOT = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' };
const allow = (action: string | string[], resource: string | string[] = '*') =>
  ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: resource }] });
const policyFor = (principalArn: string, delegates = true) => JSON.stringify({
  Version: '2012-10-17',
  Statement: [...(delegates ? [ROOT] : []), { Effect: 'Allow', Principal: { AWS: [principalArn] }, Action: 'kms:Encrypt', Resource: '*' }],
});

async function aKey(Policy?: string): Promise<string> {
  return (await admin.send(new CreateKeyCommand({ Policy }))).KeyMetadata?.KeyId as string;
}

/** `done`, or the name of the error. */
const outcome = (call: Promise<unknown>): Promise<string> => call.then(() => 'done', (error: Error) => error.name);
const encrypts = (accessKey: string, KeyId: string) =>
  outcome(laptop.kmsClient(accessKey, 1).send(new EncryptCommand({ KeyId, Plaintext: Buffer.from('x') })));

describe('a principal', () => {
  test('that no policy names is denied, whatever it was allowed in a kinder emulation', async () => {
    laptop.iam.createUser('application');
    const key = await aKey();
    expect(await encrypts('application', key)).toBe('AccessDeniedException');
    laptop.iam.createUser('application', [allow('kms:Encrypt')]);
    expect(await encrypts('application', key)).toBe('done');
    const grants = { KeyId: key, GranteePrincipal: `arn:aws:iam::${ACCOUNT}:user/reader`, Operations: ['Encrypt' as const] };
    laptop.iam.createUser('reader');
    expect(await encrypts('reader', key)).toBe('AccessDeniedException');
    await admin.send(new CreateGrantCommand(grants));
    expect(await encrypts('reader', key)).toBe('done');
  });

  test('with an unknown access key is an administrator, to whom key policies apply', async () => {
    const role = laptop.iam.createRole('Service');
    const key = await aKey();
    expect(await encrypts('anyone', key)).toBe('done');
    await admin.send(new PutKeyPolicyCommand({ KeyId: key, Policy: policyFor(role.arn, false), BypassPolicyLockoutSafetyCheck: true }));
    expect(await encrypts('anyone', key)).toBe('AccessDeniedException');
    expect(await encrypts('Service', key)).toBe('done');
  });
});

describe('a key policy and a grant that name a principal', () => {
  test('are refused if it does not exist', async () => {
    const missing = `arn:aws:iam::${ACCOUNT}:role/Missing`;
    await expect(aKey(policyFor(missing))).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException', message: 'Policy contains a statement with one or more invalid principals.',
    });
    const key = await aKey();
    expect(await outcome(admin.send(new PutKeyPolicyCommand({ KeyId: key, Policy: policyFor(missing) }))))
      .toBe('MalformedPolicyDocumentException');
    expect(await outcome(admin.send(new CreateGrantCommand({ KeyId: key, GranteePrincipal: missing, Operations: ['Encrypt'] }))))
      .toBe('InvalidArnException');
    // Whether a principal of another account exists is not known here.
    expect(await outcome(aKey(policyFor('arn:aws:iam::444455556666:role/Elsewhere')))).toBe('done');
  });

  test('show its unique id after its deletion, and do not apply to a role of the same name that is created again', async () => {
    const { arn, uniqueId } = laptop.iam.createRole('Service');
    const key = await aKey(policyFor(arn));
    const granted = await aKey();
    await admin.send(new CreateGrantCommand({ KeyId: granted, GranteePrincipal: arn, Operations: ['Encrypt'] }));
    expect([await encrypts('Service', key), await encrypts('Service', granted)]).toEqual(['done', 'done']);
    laptop.iam.deleteRole('Service');
    expect(await encrypts('Service', key)).toBe('AccessDeniedException');
    const again = laptop.iam.createRole('Service');
    expect([again.arn, again.uniqueId === uniqueId]).toEqual([arn, false]);
    expect([await encrypts('Service', key), await encrypts('Service', granted)]).toEqual(Array(2).fill('AccessDeniedException'));
    const { Policy = '' } = await admin.send(new GetKeyPolicyCommand({ KeyId: key }));
    expect([Policy.includes(uniqueId), Policy.includes(arn)]).toEqual([true, false]);
    const { Grants } = await admin.send(new ListGrantsCommand({ KeyId: granted }));
    expect(Grants?.map(({ GranteePrincipal }) => GranteePrincipal)).toEqual([uniqueId]);
    expect(await outcome(admin.send(new PutKeyPolicyCommand({ KeyId: key, Policy })))).toBe('MalformedPolicyDocumentException');
    await admin.send(new PutKeyPolicyCommand({ KeyId: key, Policy: policyFor(arn) }));
    expect(await encrypts('Service', key)).toBe('done');
  });

  test('keep the text of conditions on its ARN, which match a role that is created again', async () => {
    const { arn } = laptop.iam.createRole('Service');
    const condition = { ArnEquals: { 'aws:PrincipalArn': arn } };
    const statement = { Effect: 'Allow', Principal: '*', Action: 'kms:Encrypt', Resource: '*', Condition: condition };
    const key = await aKey(JSON.stringify({ Version: '2012-10-17', Statement: [ROOT, statement] }));
    laptop.iam.deleteRole('Service');
    laptop.iam.createRole('Service');
    expect(await encrypts('Service', key)).toBe('done');
  });
});

test('each seed gives other names and ids, and the same seed the same', async () => {
  const other = await Laptop.open({ seed: 2, faults: [] });
  const same = await Laptop.open({ seed: 1, faults: [] });
  const names = [laptop, other, same].map(({ iam }) => iam.generateName('Shop', 'Service'));
  expect(new Set(names).size).toBe(2);
  expect(names[2]).toBe(names[0]);
  expect(names[0]).toMatch(/^Shop-Service-[0-9A-Z]{12}$/);
  expect(laptop.iam.generateName('A'.repeat(60), 'B'.repeat(60))).toHaveLength(64);
  await Promise.all([other.close(), same.close()]);
});

describe('identity policies decide about requests to', () => {
  test('Amazon S3; without s3:ListBucket a missing object is denied', async () => {
    laptop.s3.createBucket('evidence');
    laptop.iam.createUser('worker', [allow(['s3:PutObject', 's3:GetObject'], 'arn:aws:s3:::evidence/runs/*')]);
    const s3 = laptop.s3Client('worker');
    const put = (Key: string) => outcome(s3.send(new PutObjectCommand({ Bucket: 'evidence', Key, Body: '{}' })));
    const get = (Key: string) => outcome(s3.send(new GetObjectCommand({ Bucket: 'evidence', Key })));
    const list = () => outcome(s3.send(new ListObjectsV2Command({ Bucket: 'evidence' })));
    expect([await put('runs/1'), await put('watch/1'), await get('runs/1'), await get('runs/2'), await list()])
      .toEqual(['done', 'AccessDenied', 'done', 'AccessDenied', 'AccessDenied']);
    laptop.iam.createUser('worker', [
      allow(['s3:GetObject'], 'arn:aws:s3:::evidence/runs/*'), allow('s3:ListBucket', 'arn:aws:s3:::evidence'),
    ]);
    expect([await put('runs/1'), await get('runs/2'), await list()]).toEqual(['AccessDenied', 'NoSuchKey', 'done']);
  });

  test('DynamoDB, by table and by attribute', async () => {
    await laptop.dynamoClient('administrator', 1).send(new CreateTableCommand({
      TableName: 'Orders',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
    }));
    const dynamo = laptop.dynamoClient('worker', 1);
    const get = (attribute: string) =>
      outcome(dynamo.send(new GetItemCommand({ TableName: 'Orders', Key: { id: { S: '1' } }, ProjectionExpression: attribute })));
    laptop.iam.createUser('worker');
    expect(await get('dataKey')).toBe('AccessDeniedException');
    const table = `arn:aws:dynamodb:eu-central-1:${ACCOUNT}:table/Orders`;
    const statement = allow('dynamodb:GetItem', table).Statement[0];
    const condition = { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['id', 'dataKey'] } };
    laptop.iam.createUser('worker', [{ Version: '2012-10-17', Statement: [{ ...statement, Condition: condition }] }]);
    expect([await get('dataKey'), await get('document')]).toEqual(['done', 'AccessDeniedException']);
  });

  test('Secrets Manager, by the complete ARN', async () => {
    await laptop.secretsClient('administrator').send(new CreateSecretCommand({ Name: 'orders/material', SecretString: 'x' }));
    const arn = `arn:aws:secretsmanager:eu-central-1:${ACCOUNT}:secret:orders/material`;
    const get = () => outcome(laptop.secretsClient('control').send(new GetSecretValueCommand({ SecretId: arn })));
    laptop.iam.createUser('control', [allow('secretsmanager:GetSecretValue', arn)]);
    expect(await get()).toBe('AccessDeniedException');
    laptop.iam.createUser('control', [allow('secretsmanager:GetSecretValue', `${arn}-??????`)]);
    expect(await get()).toBe('done');
  });
});

test('a condition key whose value this account does not know is an error, never a decision', async () => {
  const conditions = { StringEquals: { 's3:prefix': 'runs/' } };
  laptop.s3.createBucket('evidence');
  laptop.iam.createUser('worker', [{ Statement: [{ ...allow('s3:ListBucket').Statement[0], Condition: conditions }] }]);
  await expect(laptop.authorization.authorize({ accessKey: 'worker', action: 's3:ListBucket', resource: 'arn:aws:s3:::evidence' }))
    .rejects.toThrow('condition key s3:prefix has no value in this account');
});
