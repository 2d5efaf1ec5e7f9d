import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { KeyActions } from '../../../../src/permissions/key-actions';
import {
  aliasedUseStatement, controlIdentityStatements, familyPolicy, retirementIdentityStatements, type FamilyAccess,
} from '../../../../src/rotation/family/family-access';
import { aRole, aStack } from '../../../support/a-stack';

interface Statement {
  readonly Sid: string;
  readonly Action: string | string[];
  readonly Principal: object;
  readonly Resource: unknown;
  readonly Condition?: object;
}

let stack: Stack;
let access: FamilyAccess;
beforeEach(() => {
  stack = aStack();
  access = {
    administrators: [],
    users: [],
    control: aRole(stack, 'Control'),
    worker: aRole(stack, 'Worker'),
    retirement: aRole(stack, 'Retirement'),
  };
});

const arnOf = (grantee: iam.IGrantable) => ({ AWS: stack.resolve((grantee as iam.IRole).roleArn) as string });
const statementsOf = (document: iam.PolicyDocument) => (stack.resolve(document) as { Statement: Statement[] }).Statement;
const whatIsSaid = (document: iam.PolicyDocument) => statementsOf(document).map(({ Sid }) => Sid);
const onlyFor = (purpose: string) => ({ StringEquals: { 'kms:EncryptionContext:cdk-kms-lifecycle:purpose': purpose } });

test('the roles of the construct receive exactly their permissions', () => {
  const [, ...ours] = statementsOf(familyPolicy(access));
  const [control, worker, retirement] = [arnOf(access.control), arnOf(access.worker), arnOf(access.retirement)];
  const statement = (Sid: string, Principal: object, Action: string | string[]) => ({
    Sid,
    Effect: 'Allow',
    Principal,
    Action,
    Resource: '*',
  });
  expect(ours).toEqual([
    statement('ControlCreatesAndNamesGenerationsButCannotUseThem', control, [
      'kms:DescribeKey',
      'kms:GetKeyPolicy',
      'kms:PutKeyPolicy',
      'kms:UpdateKeyDescription',
      'kms:ListResourceTags',
      'kms:TagResource',
      'kms:ListGrants',
      'kms:GetKeyLastUsage',
      'kms:EnableKey',
      'kms:DisableKey',
      'kms:CancelKeyDeletion',
      'kms:ScheduleKeyDeletion',
      'kms:CreateAlias',
      'kms:UpdateAlias',
      'kms:DeleteAlias',
    ]),
    { ...statement('ControlProvesThatAGenerationEncrypts', control, 'kms:Encrypt'), Condition: onlyFor('canary') },
    statement('WorkerReEncryptsButCannotDecrypt', worker, ['kms:ReEncryptFrom', 'kms:ReEncryptTo']),
    statement('RetirementDisablesAndDeletesButCannotUse', retirement, [
      'kms:DescribeKey',
      'kms:ListResourceTags',
      'kms:TagResource',
      'kms:EnableKey',
      'kms:DisableKey',
      'kms:CancelKeyDeletion',
      'kms:ScheduleKeyDeletion',
      'kms:GetKeyLastUsage',
    ]),
    { ...statement('RetirementProvesThatItsWatchWorks', retirement, 'kms:Encrypt'), Condition: onlyFor('watch-probe') },
  ]);
});

test('administrators, users and the break-glass role are named if they are declared', () => {
  const complete = {
    ...access,
    administrators: [aRole(stack, 'Security')],
    users: [aRole(stack, 'Service')],
    breakGlass: aRole(stack, 'BreakGlass'),
  };
  expect(whatIsSaid(familyPolicy(complete))).toEqual([
    'AccountMayDelegateAccessByIam', 'AdministratorsManageButCannotUse', 'UsersEncryptAndDecryptButCannotManage',
    'ControlCreatesAndNamesGenerationsButCannotUseThem', 'ControlProvesThatAGenerationEncrypts', 'WorkerReEncryptsButCannotDecrypt',
    'RetirementDisablesAndDeletesButCannotUse', 'RetirementProvesThatItsWatchWorks', 'BreakGlassManagesAndPassesTheGateButCannotUse',
  ]);
});

test('an administrator of generations is allowed nothing that the gate denies or that needs a multi-Region key', () => {
  const lost = KeyActions.ADMINISTER.filter((action) => !(KeyActions.ADMINISTER_IMPORTED_GENERATION as string[]).includes(action));
  expect(lost).toEqual([
    'kms:DeleteImportedKeyMaterial', 'kms:ReplicateKey', 'kms:UpdatePrimaryRegion', 'kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias',
    'kms:ScheduleKeyDeletion',
  ]);
});

test('the control role imports key material, wrapped as declared', () => {
  const policy = familyPolicy({ ...access, wrapping: { algorithm: 'RSAES_OAEP_SHA_256', keySpec: 'RSA_4096' } });
  const common = { Effect: 'Allow', Principal: arnOf(access.control), Resource: '*' };
  expect(statementsOf(policy).filter(({ Sid }) => /Material/.test(Sid))).toEqual([
    { ...common, Sid: 'ControlImportsKeyMaterial', Action: ['kms:ListKeyRotations', 'kms:ImportKeyMaterial'] },
    {
      ...common,
      Sid: 'ControlWrapsKeyMaterialAsDeclared',
      Action: 'kms:GetParametersForImport',
      Condition: { StringEquals: { 'kms:WrappingAlgorithm': 'RSAES_OAEP_SHA_256', 'kms:WrappingKeySpec': 'RSA_4096' } },
    },
  ]);
});

test('a grant adds its statement to the document', () => {
  const policy = familyPolicy(access);
  policy.addStatements(
    new iam.PolicyStatement({ actions: ['kms:Decrypt'], principals: [new iam.ServicePrincipal('sns.amazonaws.com')], resources: ['*'] }),
  );
  expect(statementsOf(policy).at(-1)).toMatchObject({ Action: 'kms:Decrypt', Principal: { Service: 'sns.amazonaws.com' } });
});

test('permissions on all keys are limited to this partition, Region and account', () => {
  const statements = [
    ...controlIdentityStatements(stack, { aliasName: 'alias/orders', origin: 'AWS_KMS', owner: 'Shop/Orders' }), ...retirementIdentityStatements(),
    aliasedUseStatement(stack, 'alias/orders', KeyActions.USE),
  ];
  const here = (resource: string) => ({
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:kms:eu-central-1:111122223333:${resource}`]],
  });
  expect(statements.map((statement) => (stack.resolve(statement.toJSON()) as Statement).Resource)).toEqual([
    '*', here('key/*'), '*', here('key/*'), [here('alias/orders'), here('alias/orders/*')], here('key/*'), here('key/*'), '*',
    here('key/*'),
  ]);
});
