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
  access = { administrators: [], users: [], control: aRole(stack, 'Control'), worker: aRole(stack, 'Worker'), retirement: aRole(stack, 'Retirement') };
});

const arnOf = (grantee: iam.IGrantable) => ({ AWS: stack.resolve((grantee as iam.IRole).roleArn) as string });
const statementsOf = (document: iam.PolicyDocument) => (stack.resolve(document) as { Statement: Statement[] }).Statement;
const whatIsSaid = (document: iam.PolicyDocument) => statementsOf(document).map(({ Sid }) => Sid);
const onlyFor = (purpose: string) => ({ StringEquals: { 'kms:EncryptionContext:cdk-kms-lifecycle:purpose': purpose } });

test('our own roles get their work and nothing else, in sentences', () => {
  const [, ...ours] = statementsOf(familyPolicy(access));
  const [control, worker, retirement] = [arnOf(access.control), arnOf(access.worker), arnOf(access.retirement)];
  const statement = (Sid: string, Principal: object, Action: string | string[]) => ({ Sid, Effect: 'Allow', Principal, Action, Resource: '*' });
  expect(ours).toEqual([
    statement('ControlMakesAndNamesGenerationsButCannotUseThem', control, [
      'kms:DescribeKey', 'kms:GetKeyPolicy', 'kms:PutKeyPolicy', 'kms:UpdateKeyDescription', 'kms:ListResourceTags', 'kms:TagResource', 'kms:ListGrants',
      'kms:GetKeyLastUsage', 'kms:EnableKey', 'kms:DisableKey', 'kms:CancelKeyDeletion', 'kms:ScheduleKeyDeletion',
      'kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias',
    ]),
    { ...statement('ControlTriesWhetherAGenerationEncrypts', control, 'kms:Encrypt'), Condition: onlyFor('canary') },
    statement('WorkerReEncryptsButCannotDecrypt', worker, ['kms:ReEncryptFrom', 'kms:ReEncryptTo']),
    statement('RetirementDisablesAndDeletesButCannotUse', retirement, [
      'kms:DescribeKey', 'kms:ListResourceTags', 'kms:TagResource', 'kms:EnableKey', 'kms:DisableKey', 'kms:CancelKeyDeletion',
      'kms:ScheduleKeyDeletion', 'kms:GetKeyLastUsage',
    ]),
    { ...statement('RetirementTriesWhetherItsWatchSees', retirement, 'kms:Encrypt'), Condition: onlyFor('echo') },
  ]);
});

test('people are named where there are any', () => {
  const everybody = { ...access, administrators: [aRole(stack, 'Security')], users: [aRole(stack, 'Service')], breakGlass: aRole(stack, 'BreakGlass') };
  expect(whatIsSaid(familyPolicy(everybody))).toEqual([
    'AccountMayDelegateAccessByIam', 'AdministratorsManageButCannotUse', 'UsersEncryptAndDecryptButCannotManage',
    'ControlMakesAndNamesGenerationsButCannotUseThem', 'ControlTriesWhetherAGenerationEncrypts', 'WorkerReEncryptsButCannotDecrypt',
    'RetirementDisablesAndDeletesButCannotUse', 'RetirementTriesWhetherItsWatchSees', 'BreakGlassManagesAndPassesTheGateButCannotUse',
  ]);
});

test('an administrator of generations is promised nothing that the gate or a single Region would take back', () => {
  const lost = KeyActions.ADMINISTER.filter((action) => !(KeyActions.ADMINISTER_IMPORTED_GENERATION as string[]).includes(action));
  expect(lost).toEqual([
    'kms:DeleteImportedKeyMaterial', 'kms:ReplicateKey', 'kms:UpdatePrimaryRegion', 'kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias',
    'kms:ScheduleKeyDeletion',
  ]);
});

test('material from outside is brought by the control role, wrapped as declared', () => {
  const policy = familyPolicy({ ...access, wrapping: { algorithm: 'RSAES_OAEP_SHA_256', keySpec: 'RSA_4096' } });
  const common = { Effect: 'Allow', Principal: arnOf(access.control), Resource: '*' };
  expect(statementsOf(policy).filter(({ Sid }) => /Material/.test(Sid))).toEqual([
    { ...common, Sid: 'ControlBringsKeyMaterial', Action: ['kms:ListKeyRotations', 'kms:ImportKeyMaterial'] },
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
  policy.addStatements(new iam.PolicyStatement({ actions: ['kms:Decrypt'], principals: [new iam.ServicePrincipal('sns.amazonaws.com')], resources: ['*'] }));
  expect(statementsOf(policy).at(-1)).toMatchObject({ Action: 'kms:Decrypt', Principal: { Service: 'sns.amazonaws.com' } });
});

test('wide rights are of this partition, Region and account', () => {
  const statements = [
    ...controlIdentityStatements(stack, { aliasName: 'alias/orders', origin: 'AWS_KMS' }), ...retirementIdentityStatements(),
    aliasedUseStatement(stack, 'alias/orders', KeyActions.USE),
  ];
  const here = (resource: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:kms:eu-central-1:111122223333:${resource}`]] });
  expect(statements.map((statement) => (stack.resolve(statement.toJSON()) as Statement).Resource)).toEqual([
    '*', here('key/*'), '*', here('key/*'), [here('alias/orders'), here('alias/orders/*')], '*', here('key/*'),
  ]);
});
