import { CfnResource, Duration, NestedStack, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { CustomerManagedKey, KeyPosture, KmsKeySpec, type ReplicaKeyOptions } from '../../../src/index';
import { aRole, complaintsOf, onlyResource } from '../../support/a-stack';
import { TwoRegions } from '../../support/two-regions';

let regions: TwoRegions;
beforeEach(() => { regions = new TwoRegions(); });

const replicaOf = (stack: Stack) => onlyResource(stack, 'AWS::KMS::ReplicaKey');
const statementsOf = (stack: Stack, type = 'AWS::KMS::ReplicaKey') =>
  (onlyResource(stack, type).Properties.KeyPolicy as unknown as { Statement: { Sid?: string; Action: unknown; Principal: unknown }[] })
    .Statement;
const aliasesOf = (stack: Stack) => Object.values(Template.fromStack(stack).findResources('AWS::KMS::Alias'));
/** What the stack of a replica has read from another Region. */
const fromElsewhere = (what: string) => ({ 'Fn::GetAtt': [expect.stringMatching(/^ExportsReader/), expect.stringContaining(what)] });
const ROOT = { AWS: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::111122223333:root']] } };
const USE = [
  'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo',
];

describe('by default', () => {
  test('it has the properties of the primary, and is retained when it is removed from the stack', () => {
    regions.replica(regions.primary({
      users: [aRole(regions.frankfurt, 'Service')], description: 'orders', pendingWindow: Duration.days(14),
    }));
    const stays = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
    expect(replicaOf(regions.virginia)).toEqual({
      logicalId: expect.stringMatching(/^Replica/),
      Type: 'AWS::KMS::ReplicaKey',
      ...stays,
      Properties: {
        PrimaryKeyArn: fromElsewhere('GetAttKey'),
        Description: 'orders',
        PendingWindowInDays: 14,
        KeyPolicy: {
          Version: '2012-10-17',
          Statement: [
            { Sid: 'AccountMayDelegateAccessByIam', Effect: 'Allow', Action: 'kms:*', Resource: '*', Principal: ROOT },
            {
              Sid: 'UsersEncryptAndDecryptButCannotManage',
              Effect: 'Allow',
              Action: USE,
              Resource: '*',
              Principal: { AWS: fromElsewhere('GetAttService') },
            },
          ],
        },
      },
    });
    const TargetKeyId = { 'Fn::GetAtt': [replicaOf(regions.virginia).logicalId, 'Arn'] };
    expect(aliasesOf(regions.virginia)).toEqual([
      { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/orders', TargetKeyId }, ...stays },
    ]);
  });

  test('it has no properties that only the primary can have: neither kind nor rotation', () => {
    regions.replica(regions.primary());
    expect(Object.keys(replicaOf(regions.virginia).Properties).sort()).toEqual(['KeyPolicy', 'PrimaryKeyArn']);
  });

  test('it can be used wherever the primary can', () => {
    regions.replica(regions.primary({ removalPolicy: RemovalPolicy.DESTROY }));
    expect(replicaOf(regions.virginia)).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });
});

describe('of its own', () => {
  test('it has an alias, a description, a pending window, removal policy and tags', () => {
    const primaryKey = regions.primary({ description: 'orders' });
    const replica = regions.replica(primaryKey, {
      alias: 'orders-us', description: 'orders, in Virginia', pendingWindow: Duration.days(7), removalPolicy: RemovalPolicy.DESTROY,
    });
    Tags.of(replica).add('team', 'orders');
    expect(aliasesOf(regions.virginia).map(({ Properties, DeletionPolicy }) => [Properties.AliasName, DeletionPolicy])).toEqual([
      ['alias/orders-us', 'Delete'],
    ]);
    expect(replicaOf(regions.virginia)).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: { Description: 'orders, in Virginia', PendingWindowInDays: 7, Tags: [{ Key: 'team', Value: 'orders' }] },
    });
    expect(onlyResource(regions.frankfurt, 'AWS::KMS::Key')).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { Description: 'orders' },
    });
    expect(onlyResource(regions.frankfurt, 'AWS::KMS::Key').Properties).not.toHaveProperty('Tags');
  });

  test('a later alias gets the removal policy, and a later removal policy applies to all', () => {
    const replica = regions.replica(regions.primary());
    replica.addAlias('alias/late');
    replica.applyRemovalPolicy(RemovalPolicy.RETAIN);
    expect(aliasesOf(regions.virginia).map(({ Properties, DeletionPolicy }) => [Properties.AliasName, DeletionPolicy]))
      .toEqual([['alias/orders', 'Retain'], ['alias/late', 'Retain']]);
    expect(replicaOf(regions.virginia)).toMatchObject({ DeletionPolicy: 'Retain' });
  });

  test.each<[ReplicaKeyOptions, string]>([
    [{ alias: 'a b' }, '[Virginia/Replica] alias: name is not valid in KMS'],
    [{ pendingWindow: Duration.days(6) }, '[Virginia/Replica] pendingWindow: period is out of range, got 6 days; allowed: 7 days to 30 days'],
  ])('%j is refused', (props, complaint) => {
    regions.replica(regions.primary(), props);
    expect(complaintsOf(regions.virginia)).toContain(complaint);
  });
});

describe('where the key policy alone decides', () => {
  const deployer = (region: string) => (
    { AWS: { 'Fn::Sub': `arn:\${AWS::Partition}:iam::111122223333:role/cdk-hnb659fds-cfn-exec-role-111122223333-${region}` } });

  test('each Region\'s deployment looks after the key of its Region, and may replicate the primary to its own alone', () => {
    regions.replica(regions.primary({ posture: KeyPosture.keyPolicyOnly() }));
    expect(statementsOf(regions.frankfurt, 'AWS::KMS::Key')).toEqual([
      expect.objectContaining({ Sid: 'DeploymentManagesTheKeyButCannotUseIt', Principal: deployer('eu-central-1') }),
      {
        Sid: 'DeploymentReplicatesTheKeyToUsEast1',
        Effect: 'Allow',
        Action: 'kms:ReplicateKey',
        Resource: '*',
        Principal: deployer('us-east-1'),
        Condition: { StringEquals: { 'kms:ReplicaRegion': 'us-east-1' } },
      },
    ]);
    expect(statementsOf(regions.virginia)).toEqual([
      expect.objectContaining({ Sid: 'DeploymentManagesTheKeyButCannotUseIt', Principal: deployer('us-east-1') }),
    ]);
  });

  test('a deployment role with a fixed name is the same in every Region', () => {
    const deployment = new iam.ArnPrincipal('arn:aws:iam::111122223333:role/deployer');
    const glass = new iam.ArnPrincipal('arn:aws:iam::111122223333:role/glass');
    regions.replica(regions.primary({ posture: KeyPosture.breakGlass(glass, deployment) }));
    const whoDoesWhat = (stack: Stack, type: string) =>
      statementsOf(stack, type).map(({ Sid, Principal }) => [Sid, (Principal as { AWS: string }).AWS]);
    const everywhere = [
      ['BreakGlassManagesButCannotUse', 'arn:aws:iam::111122223333:role/glass'],
      ['DeploymentManagesTheKeyButCannotUseIt', 'arn:aws:iam::111122223333:role/deployer'],
    ];
    expect(whoDoesWhat(regions.virginia, 'AWS::KMS::ReplicaKey')).toEqual(everywhere);
    expect(whoDoesWhat(regions.frankfurt, 'AWS::KMS::Key'))
      .toEqual([...everywhere, ['DeploymentReplicatesTheKeyToUsEast1', 'arn:aws:iam::111122223333:role/deployer']]);
  });

  test('a role of the primary\'s stack is allowed by the policy of the replica, because that stack is deployed before', () => {
    const replica = regions.replica(regions.primary({ posture: KeyPosture.keyPolicyOnly() }));
    replica.grantDecrypt(aRole(regions.frankfurt, 'Reader'));
    expect(complaintsOf(regions.virginia)).toBe('');
    expect(statementsOf(regions.virginia).at(-1)).toMatchObject({
      Action: 'kms:Decrypt',
      Principal: { AWS: fromElsewhere('GetAttReader') },
    });
  });
});

test('if the posture delegates to IAM, the primary gets no statement for its replicas', () => {
  regions.replica(regions.primary());
  expect(statementsOf(regions.frankfurt, 'AWS::KMS::Key').map(({ Sid }) => Sid)).toEqual(['AccountMayDelegateAccessByIam']);
});

describe('stacks depend on each other in one direction', () => {
  test('the stack of the replica on that of the primary', () => {
    regions.replica(regions.primary());
    expect(complaintsOf(regions.virginia)).toBe('');
    expect(regions.virginia.dependencies).toEqual([regions.frankfurt]);
    expect(regions.frankfurt.dependencies).toEqual([]);
  });

  test.each(['eu-central-1', 'us-east-1', 'eu-west-1'])('both on that of the users, in %s', (region) => {
    // Only a primary that names a principal of another Region has a cross-Region reference itself.
    const frankfurt = regions.stack('Primary', { env: { account: '111122223333', region: 'eu-central-1' }, crossRegionReferences: true });
    const principals = regions.stack('Others', { env: { account: '111122223333', region } });
    const primaryKey = new CustomerManagedKey(frankfurt, 'Key', {
      alias: 'alias/orders', multiRegion: true, users: [aRole(principals, 'Service')], administrators: [aRole(principals, 'Security')],
    });
    regions.replica(primaryKey);
    expect(complaintsOf(regions.virginia)).toBe('');
    expect(principals.dependencies).toEqual([]);
    expect(frankfurt.dependencies).toEqual([principals]);
    expect([...regions.virginia.dependencies].sort((one, other) => one.node.id < other.node.id ? -1 : 1)).toEqual([principals, frankfurt]);
    expect(statementsOf(regions.virginia).map(({ Sid }) => Sid))
      .toEqual(['AccountMayDelegateAccessByIam', 'AdministratorsManageButCannotUse', 'UsersEncryptAndDecryptButCannotManage']);
  });

  test('the stack of the primary may still refer to the replica, by the shared key id', () => {
    const replica = regions.replica(regions.primary());
    replica.grantDecrypt(aRole(regions.frankfurt, 'Reader'));
    new CfnResource(regions.frankfurt, 'Reference', { type: 'Test::Reference', properties: { id: replica.keyId } });
    expect(complaintsOf(regions.frankfurt)).toBe('');
    const primary = { Ref: onlyResource(regions.frankfurt, 'AWS::KMS::Key').logicalId };
    const { PolicyDocument } = onlyResource(regions.frankfurt, 'AWS::IAM::Policy').Properties;
    expect(PolicyDocument).toMatchObject({
      Statement: [
        {
          Action: 'kms:Decrypt',
          Resource: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':kms:us-east-1:111122223333:key/', primary]] },
        },
      ],
    });
    expect(onlyResource(regions.frankfurt, 'Test::Reference').Properties).toEqual({ id: primary });
  });

  test('references in its own Region, from every stack, are to the replica itself and depend on it', () => {
    const replica = regions.replica(regions.primary());
    const neighbour = regions.stack('Neighbour', { env: { account: '111122223333', region: 'us-east-1' } });
    for (const stack of [regions.virginia, neighbour]) replica.grantDecrypt(aRole(stack, 'Reader'));
    expect(complaintsOf(regions.virginia)).toBe('');
    const policyOf = (stack: Stack) =>
      Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))[0]!.Properties.PolicyDocument.Statement;
    expect(policyOf(regions.virginia)).toEqual([
      { Effect: 'Allow', Action: 'kms:Decrypt', Resource: { 'Fn::GetAtt': [replicaOf(regions.virginia).logicalId, 'Arn'] } },
    ]);
    expect(policyOf(neighbour)).toEqual([
      {
        Effect: 'Allow',
        Action: 'kms:Decrypt',
        Resource: { 'Fn::ImportValue': expect.stringMatching(/^Virginia:ExportsOutputFnGetAttReplica/) },
      },
    ]);
    expect(neighbour.dependencies).toEqual([regions.virginia]);
  });

  test('a nested stack is in the Region of its parent', () => {
    const replica = regions.replica(regions.primary(), {}, new NestedStack(regions.virginia, 'Nested'));
    expect(complaintsOf(regions.virginia)).toBe('');
    expect(replicaOf(Stack.of(replica)).Properties).toHaveProperty('PrimaryKeyArn');
    expect(regions.virginia.dependencies).toEqual([regions.frankfurt]);
  });
});

describe('verbs', () => {
  test('are those of the kind of the primary', () => {
    const replica = regions.replica(regions.primary({ keySpec: KmsKeySpec.ECC_NIST_P256, keyUsage: kms.KeyUsage.SIGN_VERIFY }));
    expect(replica.grantSign(aRole(regions.virginia, 'Signer')).success).toBe(true);
    expect(() => replica.grantDecrypt(aRole(regions.virginia, 'Reader'))).toThrow(
      'Virginia/Replica: a key of spec ECC_NIST_P256 for SIGN_VERIFY cannot decrypt; set keyUsage to ENCRYPT_DECRYPT, or use another key',
    );
  });

  test('grantRotate is refused: only the primary rotates', () => {
    const primaryKey = regions.primary();
    const replica = regions.replica(primaryKey);
    expect(() => replica.grantRotate(aRole(regions.virginia, 'Operator')))
      .toThrow('Virginia/Replica: a replica cannot rotate; grant it on the primary: replicas get its new key material');
    expect(primaryKey.grantRotate(aRole(regions.frankfurt, 'Operator')).success).toBe(true);
  });

  test('a grant on one key is not a grant on the other', () => {
    const primaryKey = regions.primary();
    const replica = regions.replica(primaryKey);
    primaryKey.grantDecrypt(new iam.ServicePrincipal('sns.amazonaws.com'));
    replica.grantDecrypt(new iam.ServicePrincipal('sqs.amazonaws.com'));
    expect(
      statementsOf(regions.frankfurt, 'AWS::KMS::Key')
        .slice(1)
        .map(({ Principal }) => Principal),
    ).toEqual([{ Service: 'sns.amazonaws.com' }]);
    expect(statementsOf(regions.virginia).slice(1).map(({ Principal }) => Principal)).toEqual([{ Service: 'sqs.amazonaws.com' }]);
  });
});
