import { App, CfnResource, Duration, Stack, Token } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CustomerManagedKey, KeyPosture, KmsKeySpec, type CustomerManagedKeyProps } from '../../../../src/index';
import { aCustomerManagedKey, complaintsAbout, keyStatementsOf } from '../../../support/a-customer-managed-key';
import { aRole, aStack } from '../../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const complaints = (props: Partial<CustomerManagedKeyProps>) => complaintsAbout(stack, props);

describe('a contradiction is refused', () => {
  const foreign = (arn: string) => new iam.ArnPrincipal(arn);
  test.each<[string, Partial<CustomerManagedKeyProps>, string]>([
    [
      'a whole account',
      { otherAccounts: [new iam.AccountPrincipal('999988887777')] },
      'otherAccounts: principal is a whole account: every principal that IAM policies of that account allow, got arn:<partition>:iam::999988887777:root; allowed: roles and users by their ARNs; name each role',
    ],
    [
      'a root by its ARN',
      { otherAccounts: [foreign('arn:aws:iam::999988887777:root')] },
      'otherAccounts: principal is a whole account: every principal that IAM policies of that account allow, got arn:aws:iam::999988887777:root; allowed: roles and users by their ARNs; name each role',
    ],
    ['an account by its number', { otherAccounts: [foreign('999988887777')] }, 'otherAccounts: principal is a whole account'],
    ['every principal', { otherAccounts: [new iam.StarPrincipal()] }, 'otherAccounts: principal is every principal in AWS, got *'],
    [
      'a service in another account',
      { otherAccounts: [new iam.ServicePrincipal('sns.amazonaws.com')] },
      'otherAccounts: is not a principal of another account, got sns.amazonaws.com; allowed: roles and users by their ARNs; name each role that uses the key; a service is one of users or serviceUsers',
    ],
    [
      'an organization in place of principals',
      { otherAccounts: [new iam.OrganizationPrincipal('o-a1b2c3d4e5')] },
      'otherAccounts: is not a principal of another account, got *; allowed: roles and users by their ARNs',
    ],
    [
      'an id that is not one of an organization',
      { organizationId: 'my-organization', otherAccounts: [foreign('arn:aws:iam::999988887777:role/a')] },
      'organizationId: is not the id of an organization, so the condition would match no principal, got "my-organization"; allowed: o- and 10 to 32 lower-case letters or digits; copy it from DescribeOrganization',
    ],
    [
      'a context that restricts no principal',
      { encryptionContext: { tenant: 'a' } },
      'encryptionContext: restricts users and otherAccounts, and none is given, got tenant; add the principals to users: grant methods and IAM policies are not restricted by it',
    ],
    [
      'an empty context',
      { encryptionContext: {}, users: [foreign('arn:aws:iam::111122223333:role/a')] },
      'encryptionContext: has no pairs, so it restricts no principal, got no pairs; add pairs, or omit it',
    ],
    [
      'names of a context that differ only by case',
      { encryptionContext: { tenant: 'a', Tenant: 'b' }, users: [foreign('arn:aws:iam::111122223333:role/a')] },
      'encryptionContext: the names of condition keys are not case-sensitive, so names that differ only by case are one name, got Tenant; use other names',
    ],
    [
      'an organization without other accounts',
      { organizationId: 'o-a1b2c3d4e5' },
      'organizationId: restricts principals of other accounts, and none is given, got o-a1b2c3d4e5',
    ],
    [
      'a context of a key that knows none',
      { encryptionContext: { tenant: 'a' }, keySpec: KmsKeySpec.HMAC_256 },
      'encryptionContext: only symmetric encryption keys support encryption contexts, and this key has spec HMAC_256, got tenant; omit it',
    ],
    [
      're-encryption where nothing is encrypted',
      { reEncryptionWorkers: [foreign('arn:aws:iam::111122223333:role/a')], keySpec: KmsKeySpec.HMAC_256 },
      'reEncryptionWorkers: a key with this usage has no ciphertext to re-encrypt, got keyUsage GENERATE_VERIFY_MAC; allowed: ENCRYPT_DECRYPT',
    ],
  ])('%s', (_, props, complaint) => {
    expect(complaints(props)).toContain(complaint);
  });

  test('all problems are reported together', () => {
    const complaint = complaints({
      alias: 'a b',
      keySpec: KmsKeySpec.RSA_2048,
      rotationPeriod: Duration.days(1),
      pendingWindow: Duration.days(1),
      organizationId: 'o',
    });
    expect(complaint.match(/\[Stack\/Key\] (alias|keyUsage|rotationPeriod|pendingWindow|organizationId): /g)).toHaveLength(5);
  });
});

test('a posture without IAM needs a known deployment role', () => {
  stack = new Stack(new App({ analyticsReporting: false }), 'Stack', {
    synthesizer: new (jest.requireActual('aws-cdk-lib').LegacyStackSynthesizer)(),
  });
  expect(complaints({ posture: KeyPosture.keyPolicyOnly() })).toContain(
    'posture: only the key policy decides, and the deployment role of the key is unknown; pass the role of your deployments to the posture',
  );
  stack = new Stack(new App({ analyticsReporting: false }), 'Stack', { synthesizer: new (jest.requireActual('aws-cdk-lib').LegacyStackSynthesizer)() });
  expect(complaints({ posture: KeyPosture.keyPolicyOnly(new iam.ArnPrincipal('arn:aws:iam::111122223333:role/deployer')) })).toBe('');
});

test('the deployment role is the CloudFormation execution role, whose ARN may contain placeholders', () => {
  stack = new Stack(new App({ analyticsReporting: false }), 'Stack');
  aCustomerManagedKey(stack, { posture: KeyPosture.keyPolicyOnly() });
  expect(keyStatementsOf(stack)[0]).toMatchObject({
    Sid: 'DeploymentManagesTheKeyButCannotUseIt',
    Principal: {
      AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-hnb659fds-cfn-exec-role-${AWS::AccountId}-${AWS::Region}' },
    },
  });
});

describe('an existing key', () => {
  const ARN = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

  test('is known by its ARN, and its grants are in the IAM policy of the grantee', () => {
    const key = CustomerManagedKey.fromKeyArn(stack, 'Shared', ARN);
    expect([key.keyArn, key.keyId]).toEqual([ARN, '1234abcd-12ab-34cd-56ef-1234567890ab']);
    const grant = key.grantReEncryptFrom(aRole(stack, 'Worker'));
    expect(grant.success).toBe(true);
    expect(grant.resourceStatements).toEqual([]);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'kms:ReEncryptFrom', Resource: ARN }] },
    });
  });

  test('has the grants of a key of this app, except for a principal without an IAM policy', () => {
    const key = CustomerManagedKey.fromKeyArn(stack, 'Shared', ARN);
    expect(key.grantDecrypt(new iam.ServicePrincipal('sns.amazonaws.com')).success).toBe(false);
    expect(key.addToResourcePolicy(new iam.PolicyStatement())).toEqual({ statementAdded: false });
    expect(() => key.grantDecrypt(new iam.ServicePrincipal('sns.amazonaws.com')).assertSuccess()).toThrow();
  });

  test('may have an ARN that is a token', () => {
    const key = CustomerManagedKey.fromKeyArn(stack, 'Shared', Token.asString({ Ref: 'KeyArn' }));
    new CfnResource(stack, 'User', { type: 'Test::User', properties: { keyId: key.keyId } });
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).toContain('"Fn::Split":["/"');
  });

  test('is not an alias, which can refer to another key later', () => {
    expect(() => CustomerManagedKey.fromKeyArn(stack, 'Shared', 'arn:aws:kms:eu-central-1:111122223333:alias/orders')).toThrow(
      'Stack/Shared: is not the ARN of a key, got arn:aws:kms:eu-central-1:111122223333:alias/orders; allowed: one that ends in :key/<key id>; ',
    );
  });
});
