import { IdentityAuthorization } from '../../../local/iam/authorization';
import { LocalIam } from '../../../local/iam/local-iam';
import { compareRefusedCalls, refusedByKms, RefusedCalls } from '../../../local/iam/refused-calls';

const ACCOUNT = '111122223333';

test('each refused call is listed once, with the role and not its session', () => {
  const calls = new RefusedCalls();
  const principal = `arn:aws:sts::${ACCOUNT}:assumed-role/Shop-Reader/session`;
  for (const action of ['kms:Decrypt', 'dynamodb:Scan', 'kms:Decrypt']) calls.record({ action, principal });
  calls.record({ action: 'kms:Decrypt', principal: `arn:aws:iam::${ACCOUNT}:role/Shop-Reader` });
  calls.record({ action: 'kms:Decrypt', principal: `arn:aws:iam::${ACCOUNT}:user/anna` });
  expect(calls.all).toEqual(['dynamodb:Scan by role/Shop-Reader', 'kms:Decrypt by role/Shop-Reader', 'kms:Decrypt by user/anna']);
});

test.each([
  ['User: arn:aws:iam::111122223333:role/Shop is not authorized to perform: kms:ReEncryptTo because', 'kms:ReEncryptTo by role/Shop'],
  ['The ciphertext refers to a key that does not exist.', 'kms:ReEncrypt by unknown'],
  [undefined, 'kms:ReEncrypt by unknown'],
])('the message %j of KMS names %s', (errorMessage, expected) => {
  const calls = new RefusedCalls();
  calls.record(refusedByKms({ operation: 'ReEncrypt', errorMessage }));
  expect(calls.all).toEqual([expected]);
});

test('refused calls are compared with those that must be refused', () => {
  const [expected, unused] = [/^kms:Encrypt by role\/Shop/, /^kms:Decrypt/];
  expect(compareRefusedCalls(['kms:Encrypt by role/Shop', 's3:GetObject by role/Shop'], [expected, unused])).toEqual({
    unexpected: ['s3:GetObject by role/Shop'], missing: [unused],
  });
});

test('the authorization of the other services reports each refused call, also of a deleted role', async () => {
  const iam = new LocalIam({ account: ACCOUNT, seed: 1 });
  const authorization = new IdentityAuthorization(iam);
  const calls = new RefusedCalls();
  authorization.onRefused = (call) => calls.record(call);
  iam.createRole('Reader');
  const request = { accessKey: 'Reader', action: 's3:GetObject', resource: 'arn:aws:s3:::evidence/x' };
  expect(await authorization.authorize(request)).toMatch(/not authorized/);
  expect(await authorization.authorize({ ...request, accessKey: 'operator' })).toBeUndefined();
  iam.deleteRole('Reader');
  expect(await authorization.authorize({ ...request, action: 's3:PutObject' })).toMatch(/not authorized/);
  expect(calls.all).toEqual(['s3:GetObject by role/Reader', 's3:PutObject by role/Reader']);
});
