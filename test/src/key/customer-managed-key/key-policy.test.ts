import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { KeyPosture, type CustomerManagedKeyProps } from '../../../../src/index';
import { aCustomerManagedKey, complaintsAbout, keyStatementsOf } from '../../../support/a-customer-managed-key';
import { aRole, aStack } from '../../../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const complaints = (props: Partial<CustomerManagedKeyProps>) => complaintsAbout(stack, props);

describe('the key policy as a whole', () => {
  const statement = (props: iam.PolicyStatementProps) => new iam.PolicyStatement({ resources: ['*'], ...props });

  test('a statement that removes the last PutKeyPolicy is refused', () => {
    const noDelegation = statement({
      sid: 'AccountMayDelegateAccessByIam',
      actions: ['kms:Encrypt'],
      principals: [new iam.AccountRootPrincipal()],
    });
    expect(complaints({ statements: [noDelegation] })).toContain(
      'key policy: no principal could change it again, got no principal is allowed kms:PutKeyPolicy without a condition',
    );
  });

  test('a PutKeyPolicy that is denied to every principal does not count', () => {
    const deny = statement({ effect: iam.Effect.DENY, actions: ['kms:Put*'], principals: [new iam.StarPrincipal()] });
    expect(complaints({ statements: [deny] })).toContain(
      'no principal could change it again, got every principal that is allowed kms:PutKeyPolicy is also denied it',
    );
  });

  test('a deny for one administrator leaves the others', () => {
    const [one, other] = [aRole(stack, 'One'), aRole(stack, 'Other')];
    const deny = statement({ effect: iam.Effect.DENY, actions: ['kms:PutKeyPolicy'], principals: [one] });
    expect(complaints({ administrators: [one, other], statements: [deny], posture: KeyPosture.keyPolicyOnly() })).toBe('');
  });

  describe('a policy without PutKeyPolicy for the deployment role is refused', () => {
    const REFUSED = 'key policy: the deployment role could not change it again, so AWS KMS would refuse it, got no kms:PutKeyPolicy for';
    const deployment = new iam.ArnPrincipal('arn:aws:iam::111122223333:role/deployment');
    const inPlaceOf = (sid: string, ...actions: string[]) => statement({ sid, actions, principals: [deployment] });
    const DEPLOYS = 'DeploymentManagesTheKeyButCannotUseIt';
    const complaintsWithAdministrator = (props: Partial<CustomerManagedKeyProps>) =>
      complaints({ administrators: [aRole(stack, 'Security')], ...props });

    test.each([
      ['kms:DescribeKey', false],
      ['kms:PutKeyPolicy', true],
      ['kms:Put*', true],
    ])('a replacement of the posture statement, with %s: %s', (action, allowed) => {
      const complaint = complaintsWithAdministrator({
        posture: KeyPosture.keyPolicyOnly(deployment),
        statements: [inPlaceOf(DEPLOYS, action)],
      });
      if (allowed) {
        expect(complaint).toBe('');
      } else {
        const remedy = 'do not replace the statement of the posture';
        expect(complaint).toContain(`${REFUSED} "arn:aws:iam::111122223333:role/deployment"; ${remedy}`);
      }
    });

    test('administrators do not keep it for the deployment role when the policy no longer delegates to IAM', () => {
      expect(complaintsWithAdministrator({ statements: [inPlaceOf('AccountMayDelegateAccessByIam', 'kms:DescribeKey')] })).toContain(
        REFUSED,
      );
    });

    test('a condition may match, so AWS KMS decides', () => {
      const onlyByCloudFormation = statement({
        sid: DEPLOYS, actions: ['kms:PutKeyPolicy'], principals: [deployment], conditions: { Bool: { 'aws:ViaAWSService': 'true' } },
      });
      expect(complaintsWithAdministrator({ posture: KeyPosture.keyPolicyOnly(deployment), statements: [onlyByCloudFormation] })).toBe('');
    });

    test('a deny removes it', () => {
      const deny = statement({ effect: iam.Effect.DENY, actions: ['kms:PutKeyPolicy'], principals: [deployment] });
      expect(complaintsWithAdministrator({ posture: KeyPosture.keyPolicyOnly(deployment), statements: [deny] })).toContain(REFUSED);
    });
  });

  test.each<[string, iam.PolicyStatementProps, boolean]>([
    ['every principal', { actions: ['kms:Decrypt'], principals: [new iam.StarPrincipal()] }, false],
    [
      'every principal, with a condition that restricts none',
      { actions: ['kms:Decrypt'], principals: [new iam.AnyPrincipal()], conditions: { Bool: { 'aws:SecureTransport': 'true' } } },
      false,
    ],
    [
      'every principal except one',
      { actions: ['kms:Decrypt'], principals: [new iam.AnyPrincipal()], conditions: { StringNotEquals: { 'aws:PrincipalArn': 'x' } } },
      false,
    ],
    [
      'every principal whose account matches or is absent',
      {
        actions: ['kms:Decrypt'],
        principals: [new iam.AnyPrincipal()],
        conditions: { StringEqualsIfExists: { 'kms:CallerAccount': '1' } },
      },
      false,
    ],
    [
      'every principal of the account',
      {
        actions: ['kms:Decrypt'],
        principals: [new iam.AnyPrincipal()],
        conditions: { StringEquals: { 'kms:CallerAccount': '111122223333' } },
      },
      true,
    ],
    [
      'every principal of the organization',
      { actions: ['kms:Decrypt'], principals: [new iam.OrganizationPrincipal('o-a1b2c3d4e5')] },
      true,
    ],
  ])('%s may be let in, or not', (_, props, allowed) => {
    const complaint = complaints({ statements: [statement({ sid: 'Wide', ...props })] });
    if (allowed) {
      expect(complaint).toBe('');
    } else {
      expect(complaint).toContain(
        'key policy, statement Wide: every principal in AWS would be allowed, got principal *; allowed: named principals, or * with a condition on',
      );
    }
  });

  test.each([[320, true], [340, false]])('%i roles with names of 64 characters fit into 32 KiB: %s', (count, fits) => {
    const users = Array.from(
      { length: count },
      (_, index) => new iam.ArnPrincipal(`arn:aws:iam::111122223333:role/${String(index).padStart(64, 'x')}`),
    );
    const complaint = complaints({ users });
    if (fits) {
      expect(complaint).toBe('');
    } else {
      expect(complaint).toMatch(
        /key policy: is too large for AWS KMS, got about 3\d{4} bytes; allowed: 32768 bytes; use one role for principals with the same task/,
      );
    }
  });

  test('the size estimate is exact for a policy without intrinsic functions', () => {
    const limit = (padding: number) => {
      stack = aStack();
      const wide = statement({
        sid: 'x'.repeat(padding),
        actions: ['kms:Decrypt'],
        principals: [new iam.ArnPrincipal('arn:aws:iam::111122223333:role/a')],
      });
      return complaints({ statements: [wide] });
    };
    const overhead = JSON.stringify({ Statement: keyStatementsOfPadding(0), Version: '2012-10-17' }).length;
    expect(limit(32768 - overhead)).toBe('');
    expect(limit(32769 - overhead)).toContain('got about 32769 bytes');
  });

  /** With the longest partition name. */
  function keyStatementsOfPadding(padding: number): object[] {
    return [
      {
        Action: 'kms:*',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws-us-gov:iam::111122223333:root' },
        Resource: '*',
        Sid: 'AccountMayDelegateAccessByIam',
      },
      {
        Action: 'kms:Decrypt',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111122223333:role/a' },
        Resource: '*',
        Sid: 'x'.repeat(padding),
      },
    ];
  }

  test('a statement of one\'s own takes the place of the one of its Sid, or is added', () => {
    const administrator = aRole(stack, 'Administrator');
    const own = statement({
      sid: 'AdministratorsManageButCannotUse',
      actions: ['kms:DescribeKey', 'kms:PutKeyPolicy'],
      principals: [administrator],
    });
    const more = statement({ sid: 'More', actions: ['kms:DescribeKey'], principals: [administrator] });
    expect(complaints({ administrators: [administrator], statements: [own, more] })).toBe('');
    expect(keyStatementsOf(stack).map(({ Sid, Action }) => [Sid, Action])).toEqual([
      ['AccountMayDelegateAccessByIam', 'kms:*'],
      ['AdministratorsManageButCannotUse', ['kms:DescribeKey', 'kms:PutKeyPolicy']],
      ['More', 'kms:DescribeKey'],
    ]);
  });

  test('two statements with the same Sid are refused', () => {
    const more = () =>
      statement({ sid: 'More', actions: ['kms:DescribeKey'], principals: [new iam.ArnPrincipal('arn:aws:iam::111122223333:role/a')] });
    const other = more();
    other.addActions('kms:ListGrants');
    expect(complaints({ statements: [more(), other] })).toContain(
      'key policy: two statements have the same Sid, got More; change the Sid of one of them',
    );
  });

  test('a permission that is granted twice is added once', () => {
    const key = aCustomerManagedKey(stack);
    for (let times = 0; times < 2; times++) key.grantDecrypt(new iam.ServicePrincipal('sns.amazonaws.com'));
    expect(keyStatementsOf(stack)).toHaveLength(2);
  });
});
