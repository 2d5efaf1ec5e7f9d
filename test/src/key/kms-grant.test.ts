import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { CustomerManagedKey, GrantOperation, KeyPosture, KmsKeySpec, KmsGrant, type KmsGrantProps } from '../../../src/index';
import { aCustomerManagedKey, keyStatementsOf } from '../../support/a-customer-managed-key';
import { aRole, aStack, complaintsOf, onlyResource } from '../../support/a-stack';
import { ACCOUNT, KEY_ARN, mayCall } from '../../support/policy-evaluator';

const READER = `arn:aws:iam::${ACCOUNT}:role/reader`;
const CREATOR = `arn:aws:iam::${ACCOUNT}:role/creator`;

let stack: Stack;
beforeEach(() => { stack = aStack(); });

function aGrant(props: Partial<KmsGrantProps> = {}, id = 'Grant'): KmsGrant {
  return new KmsGrant(stack, id, {
    key: props.key ?? CustomerManagedKey.fromKeyArn(stack, `KeyOf${id}`, KEY_ARN),
    grantee: new iam.ArnPrincipal(READER),
    operations: [GrantOperation.DECRYPT],
    ...props,
  });
}

function complaints(props: Partial<KmsGrantProps>): string {
  aGrant(props);
  return complaintsOf(stack);
}

const declared = () => onlyResource(stack, 'Custom::KmsGrant');
const creatorRole = () =>
  Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Role')).find(([id]) => id.startsWith('KmsGrantCreator'))?.[0];

/** The statements of the IAM policy of the grant, with the role ARN of the function resolved. */
function permissions(document: { Statement: object[] } | object[] = permissionsPolicy().PolicyDocument as never): object[] {
  const statements = Array.isArray(document) ? document : document.Statement;
  const filled = JSON.stringify(statements).replaceAll(JSON.stringify({ 'Fn::GetAtt': [creatorRole(), 'Arn'] }), JSON.stringify(CREATOR));
  return JSON.parse(filled) as object[];
}

function permissionsPolicy(): Record<string, unknown> {
  const [found] = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([id]) =>
    id.startsWith('GrantPermissions'),
  );
  return (found?.[1] as { Properties: Record<string, unknown> }).Properties;
}

describe('the grant', () => {
  test('has everything that the handler needs as properties', () => {
    const grant = aGrant({
      operations: [GrantOperation.ENCRYPT, GrantOperation.DECRYPT],
      encryptionContextSubset: { tenant: '7' },
      name: 'reports',
    });
    expect(declared().Properties).toEqual({
      ServiceToken: { 'Fn::GetAtt': [expect.stringMatching(/^KmsGrantCreatorHandler/), 'Arn'] },
      ServiceTimeout: '900',
      KeyArn: KEY_ARN,
      Name: {
        'Fn::Join': [
          '',
          [
            expect.stringMatching(/^reports\/Stack-Grant-[0-9A-F]{8}\/$/),
            { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] },
          ],
        ],
      },
      GranteePrincipal: READER,
      RetiringPrincipal: { 'Fn::GetAtt': [creatorRole(), 'Arn'] },
      Operations: ['Decrypt', 'Encrypt'],
      EncryptionContextSubset: { tenant: '7' },
    });
    expect(stack.resolve(grant.grantId)).toEqual({ 'Fn::GetAtt': [declared().logicalId, 'GrantId'] });
  });

  test('may have another retiring principal', () => {
    aGrant({ retiringPrincipal: new iam.ArnPrincipal(CREATOR) });
    expect(declared().Properties).toMatchObject({ RetiringPrincipal: CREATOR });
  });

  test('has a unique name, even if two grants have the same `name`', () => {
    expect(aGrant({ name: 'reports' }, 'One').grantName).not.toBe(aGrant({ name: 'reports' }, 'Two').grantName);
  });

  test('is created after the permission to create it, and deleted before it', () => {
    aGrant();
    expect(declared().DependsOn).toEqual([expect.stringMatching(/^GrantPermissions/)]);
  });
});

describe('the function', () => {
  const createGrant = { 'kms:GrantOperations': ['Decrypt'], 'kms:GranteePrincipal': READER, 'kms:RetiringPrincipal': CREATOR };
  const asLeftToIam = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }],
  });
  const calls = (action: string, context = {}) => ({ principalArn: CREATOR, action, context, keyArn: KEY_ARN });

  test.each<[string, object, boolean]>([
    ['this grant', {}, true],
    ['a grant to another principal', { 'kms:GranteePrincipal': `${READER}2` }, false],
    ['a grant of more', { 'kms:GrantOperations': ['Decrypt', 'Encrypt'] }, false],
    ['a grant with another retiring principal', { 'kms:RetiringPrincipal': READER }, false],
  ])('by IAM, may make %s: %#', async (_, change, allowed) => {
    aGrant();
    const context = { ...createGrant, ...change };
    expect(await mayCall({ ...calls('kms:CreateGrant', context), identityStatements: permissions(), keyPolicy: asLeftToIam })).toBe(
      allowed,
    );
  });

  test.each<[string, string | undefined, Record<string, string>, boolean]>([
    ['this constraint', 'EncryptionContextEquals', { tenant: '7', purpose: 'orders' }, true],
    ['a constraint of the other type', 'EncryptionContextSubset', { tenant: '7', purpose: 'orders' }, false],
    ['another value', 'EncryptionContextEquals', { tenant: '8', purpose: 'orders' }, false],
    ['a name in another case', 'EncryptionContextEquals', { Tenant: '7', purpose: 'orders' }, false],
    ['one pair more', 'EncryptionContextEquals', { tenant: '7', purpose: 'orders', region: 'eu' }, false],
    ['one pair less', 'EncryptionContextEquals', { tenant: '7' }, false],
    ['no constraint', undefined, {}, false],
  ])('of a constrained grant, may make one with %s: %#', async (_, type, encryptionContext, allowed) => {
    aGrant({ encryptionContextEquals: { tenant: '7', purpose: 'orders' } });
    const names = Object.keys(encryptionContext);
    const context = {
      ...createGrant,
      'kms:GrantConstraintType': type,
      'kms:EncryptionContextKeys': names.length === 0 ? undefined : names,
    };
    const request = { ...calls('kms:CreateGrant', context), encryptionContext };
    expect(await mayCall({ ...request, identityStatements: permissions(), keyPolicy: asLeftToIam })).toBe(allowed);
  });

  test('may create and revoke grants only on its key, and use no key', async () => {
    aGrant();
    const may = async (action: string, keyArn = KEY_ARN) =>
      mayCall({
        ...calls(action, action === 'kms:CreateGrant' ? createGrant : {}),
        keyArn,
        identityStatements: permissions(),
        keyPolicy: asLeftToIam,
      });
    for (const action of ['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant']) {
      expect(await may(action)).toBe(true);
      expect(await may(action, KEY_ARN.replace('1234abcd', '00000000'))).toBe(false);
    }
    for (const action of ['kms:Decrypt', 'kms:Encrypt', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion']) {
      expect(await may(action)).toBe(false);
    }
  });

  test('has permissions only in the key policy if only the key policy decides', async () => {
    const security = aRole(stack, 'Security');
    aGrant({ key: aCustomerManagedKey(stack, { administrators: [security], posture: KeyPosture.keyPolicyOnly() }) });
    const statements = permissions([...keyStatementsOf(stack)]).filter((statement) =>
      JSON.stringify(statement).includes(`"Principal":{"AWS":"${CREATOR}"}`),
    );
    const keyPolicy = JSON.stringify({ Version: '2012-10-17', Statement: statements });

    expect(statements).toHaveLength(2);
    expect(await mayCall({ ...calls('kms:CreateGrant', createGrant), keyPolicy })).toBe(true);
    expect(await mayCall({ ...calls('kms:CreateGrant', { ...createGrant, 'kms:GranteePrincipal': CREATOR }), keyPolicy })).toBe(false);
    expect(await mayCall({ ...calls('kms:RevokeGrant'), keyPolicy })).toBe(true);
    expect(Object.keys(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter((id) => id.startsWith('Grant'))).toEqual([]);
  });

  test('cannot be named in a key policy of another stack', () => {
    const others = new Stack(stack.node.root as never, 'Keys', { env: stack.environment as never });
    const key = aCustomerManagedKey(others, { administrators: [new iam.ArnPrincipal(READER)], posture: KeyPosture.keyPolicyOnly() });
    expect(() => aGrant({ key })).toThrow(
      'Stack/Grant: only the key policy decides, and it would make the stack of the key depend on the stack of the grant, got Keys/Key',
    );
  });
});

describe('refused', () => {
  test('a grant that the function could not end after the key policy no longer allows it', () => {
    const key = aCustomerManagedKey(stack, { administrators: [aRole(stack, 'Security')], posture: KeyPosture.keyPolicyOnly() });
    expect(() => aGrant({ key, retiringPrincipal: new iam.ArnPrincipal(READER) })).toThrow(
      'Stack/Grant: only the key policy decides, and a function that is not the retiring principal could not end the grant when it is removed, got a retiringPrincipal, and the key Stack/Key',
    );
  });

  test.each<[string, iam.IGrantable]>([
    ['the root of an account', new iam.AccountRootPrincipal()],
    ['an account', new iam.AccountPrincipal('999988887777')],
    ['every principal', new iam.AnyPrincipal()],
    ['a wildcard', new iam.ArnPrincipal(`arn:aws:iam::${ACCOUNT}:role/*`)],
    ['a service', new iam.ServicePrincipal('s3.amazonaws.com')],
    ['the ARN of a group', new iam.ArnPrincipal(`arn:aws:iam::${ACCOUNT}:group/readers`)],
    ['a name', new iam.ArnPrincipal('MyRole')],
    ['two at once', new iam.CompositePrincipal(new iam.ArnPrincipal(READER), new iam.ArnPrincipal(CREATOR))],
    ['a principal under a condition', new iam.ArnPrincipal(READER).withConditions({ Bool: { 'aws:SecureTransport': 'true' } })],
  ])('%s as grantee', (_, grantee) => {
    expect(complaints({ grantee })).toContain('[Stack/Grant] grantee: is not exactly one principal with an ARN');
  });

  test('a group of the same app as grantee', () => {
    expect(complaints({ grantee: new iam.Group(stack, 'Group') })).toContain(
      'grantee: is not exactly one principal with an ARN, got Group',
    );
  });

  test.each<[string, Partial<KmsGrantProps>, string]>([
    ['no operations', { operations: [] }, 'operations: a grant needs at least one operation, got an empty list'],
    [
      'both constraints',
      { encryptionContextEquals: { a: 'b' }, encryptionContextSubset: { a: 'b' } },
      'encryptionContextEquals: a grant has at most one constraint',
    ],
    [
      'an empty context',
      { encryptionContextEquals: {} },
      'encryptionContextEquals: an empty encryption context does not restrict the grant',
    ],
    ['nine pairs', { encryptionContextSubset: pairs(9) }, 'encryptionContextSubset: has too many pairs, got 9; allowed: at most 8'],
    [
      '385 characters',
      { encryptionContextSubset: { a: 'x'.repeat(385) } },
      'encryptionContextSubset: the value of a is too long, got 385 characters; allowed: at most 384',
    ],
    [
      'names that differ by case alone',
      { encryptionContextSubset: { tenant: '7', Tenant: '7' } },
      'KMS treats names that differ only by case as one name, got Tenant',
    ],
    [
      'a context beside Sign',
      { operations: [GrantOperation.SIGN], encryptionContextSubset: { a: 'b' } },
      'these operations have no encryption context, got Sign',
    ],
    [
      'a name with a blank',
      { name: 'my grant' },
      'name: is not valid in KMS, got "my grant"; allowed: letters, digits, / : _ and -, at most 198 of them',
    ],
    ['a name of no letters', { name: '' }, 'name: is not valid in KMS, got ""'],
    ['a name that is too long to be made unique', { name: 'x'.repeat(199) }, 'name: is not valid in KMS'],
    [
      'a root as retiring principal',
      { retiringPrincipal: new iam.AccountRootPrincipal() },
      'retiringPrincipal: is not exactly one principal',
    ],
  ])('%s', (_, props, complaint) => {
    expect(complaints(props)).toContain(complaint);
  });

  test('a key of another Region', () => {
    const key = CustomerManagedKey.fromKeyArn(stack, 'Elsewhere', KEY_ARN.replace('eu-central-1', 'us-east-1'));
    expect(complaints({ key })).toContain('key: is in another Region than the stack, got us-east-1; allowed: eu-central-1');
  });

  test('an alias instead of a key', () => {
    expect(complaints({ key: kms.Alias.fromAliasName(stack, 'Alias', 'alias/orders') })).toContain(
      'key: is an alias, and a grant belongs to a key',
    );
  });

  test.each<[string, KmsKeySpec, kms.KeyUsage, GrantOperation, boolean]>([
    ['a symmetric key', KmsKeySpec.SYMMETRIC_DEFAULT, kms.KeyUsage.ENCRYPT_DECRYPT, GrantOperation.GENERATE_DATA_KEY, true],
    ['a symmetric key', KmsKeySpec.SYMMETRIC_DEFAULT, kms.KeyUsage.ENCRYPT_DECRYPT, GrantOperation.READ_PUBLIC_KEY, false],
    ['an RSA key', KmsKeySpec.RSA_2048, kms.KeyUsage.ENCRYPT_DECRYPT, GrantOperation.DECRYPT, true],
    ['an RSA key', KmsKeySpec.RSA_2048, kms.KeyUsage.ENCRYPT_DECRYPT, GrantOperation.GENERATE_DATA_KEY, false],
    ['a signing key', KmsKeySpec.ECC_NIST_P256, kms.KeyUsage.SIGN_VERIFY, GrantOperation.READ_PUBLIC_KEY, true],
    ['a signing key', KmsKeySpec.ECC_NIST_P256, kms.KeyUsage.SIGN_VERIFY, GrantOperation.DERIVE_SHARED_SECRET, false],
    ['an HMAC key', KmsKeySpec.HMAC_256, kms.KeyUsage.GENERATE_VERIFY_MAC, GrantOperation.VERIFY_MAC, true],
    ['an HMAC key', KmsKeySpec.HMAC_256, kms.KeyUsage.GENERATE_VERIFY_MAC, GrantOperation.READ_PUBLIC_KEY, false],
  ])('on %s, operations that it does not know: %#', (_, keySpec, keyUsage, operation, fits) => {
    const complaint = complaints({ key: aCustomerManagedKey(stack, { keySpec, keyUsage }), operations: [operation] });
    if (fits) {
      expect(complaint).toBe('');
    } else {
      expect(complaint).toContain(
        `operations: a key of spec ${keySpec.name} for ${keyUsage} does not support the operation, got ${operation.name}`,
      );
    }
  });
});

test('a name of the maximum length is accepted', () => {
  expect(complaints({ name: 'x'.repeat(198) })).toBe('');
});

test('eight pairs of 384 characters, with operations that ignore a constraint, are accepted', () => {
  const operations = [GrantOperation.DECRYPT, GrantOperation.DESCRIBE_KEY, GrantOperation.RETIRE_GRANT, GrantOperation.CREATE_GRANT];
  expect(complaints({ encryptionContextSubset: pairs(8), operations })).toBe('');
});

function pairs(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`name${index}`, 'x'.repeat(384)]));
}
