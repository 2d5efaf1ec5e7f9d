import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EVERYTHING_BY_IAM, KEY_ACTIONS } from './guarded-family';
import { mutantsOf, mutantsWithAnyValue } from './statement-mutants';
import { resolveIntrinsics } from '../../../local/cloudformation/resolve-intrinsics';
import { KeyPosture, type CustomerManagedKeyProps } from '../../../src/index';
import type { Statement } from '../../support/a-customer-managed-key';
import { onlyResource } from '../../support/a-stack';
import { ACCOUNT, KEY_ARN, mayCall, type KmsCall } from '../../support/policy-evaluator';
import { TwoRegions } from '../../support/two-regions';

const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

/** The principals that may call the primary or the replica. */
const PRINCIPALS = {
  administrator: role('security'),
  user: role('orders-service'),
  worker: role('re-encryption'),
  partner: 'arn:aws:iam::999988887777:role/partner',
  glass: role('break-glass'),
  deploysPrimary: role(`cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-eu-central-1`),
  deploysReplica: role(`cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-us-east-1`),
  /** Named in no key policy. */
  stranger: role('stranger'),
} as const;
type CallerName = keyof typeof PRINCIPALS;

const PSEUDO_PARAMETERS = new Map([['AWS::Partition', { ref: 'aws', attributes: {} }]]);
const REPLICA_ARN = KEY_ARN.replace('eu-central-1', 'us-east-1');

const USE = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyPairWithoutPlaintext',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];
const ADMINISTER = [
  'kms:CancelKeyDeletion',
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyLastUsage',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListGrants',
  'kms:ListKeyPolicies',
  'kms:ListKeyRotations',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:ReplicateKey',
  'kms:RevokeGrant',
  'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
  'kms:UpdatePrimaryRegion',
];
const DEPLOY = [
  'kms:CreateAlias',
  'kms:DeleteAlias',
  'kms:DescribeKey',
  'kms:DisableKey',
  'kms:DisableKeyRotation',
  'kms:EnableKey',
  'kms:EnableKeyRotation',
  'kms:GetKeyPolicy',
  'kms:GetKeyRotationStatus',
  'kms:ListResourceTags',
  'kms:PutKeyPolicy',
  'kms:ScheduleKeyDeletion',
  'kms:TagResource',
  'kms:UntagResource',
  'kms:UpdateAlias',
  'kms:UpdateKeyDescription',
];

/** The policies of both keys, as their stacks declare them. */
class PrimaryAndReplica {
  public readonly primaryPolicy: string;
  private readonly replicaPolicy: string;

  public constructor(props: Partial<CustomerManagedKeyProps> = {}) {
    const regions = new TwoRegions();
    const named = (caller: CallerName) => iam.Role.fromRoleArn(regions.frankfurt, caller, PRINCIPALS[caller]);
    regions.replica(regions.primary({
      administrators: [named('administrator')],
      users: [named('user')],
      reEncryptionWorkers: [named('worker')],
      otherAccounts: [named('partner')],
      posture: KeyPosture.breakGlass(named('glass')),
      ...props,
    }));
    this.primaryPolicy = policyOf(regions.frankfurt, 'AWS::KMS::Key');
    this.replicaPolicy = policyOf(regions.virginia, 'AWS::KMS::ReplicaKey');
  }

  public mayWithPrimary(caller: CallerName, action: string, details: Partial<KmsCall> = {}): Promise<boolean> {
    return may(caller, { keyPolicy: this.primaryPolicy, keyArn: KEY_ARN, action, ...details });
  }

  public mayWithReplica(caller: CallerName, action: string, details: Partial<KmsCall> = {}): Promise<boolean> {
    return may(caller, { keyPolicy: this.replicaPolicy, keyArn: REPLICA_ARN, action, ...details });
  }
}

/** The principal of another account needs an IAM policy of its own account, too. */
function may(caller: CallerName, call: Omit<KmsCall, 'principalArn'>): Promise<boolean> {
  return mayCall({ principalArn: PRINCIPALS[caller], identityStatements: caller === 'partner' ? EVERYTHING_BY_IAM : [], ...call });
}

function policyOf(stack: Stack, type: string): string {
  return JSON.stringify(resolveIntrinsics(onlyResource(stack, type).Properties.KeyPolicy, PSEUDO_PARAMETERS));
}

async function allowedActions(isAllowed: (action: string) => Promise<boolean>): Promise<string[]> {
  const answers = await Promise.all(KEY_ACTIONS.map(async (action) => await isAllowed(action) ? [action] : []));
  return answers.flat();
}

const keys = new PrimaryAndReplica();

test.each<[CallerName, string[]]>([
  ['administrator', ADMINISTER],
  ['user', USE],
  ['worker', ['kms:ReEncryptFrom', 'kms:ReEncryptTo']],
  ['partner', USE],
  ['glass', ADMINISTER],
  ['stranger', []],
])('the %s is allowed exactly these actions, on the replica as on the primary', async (caller, actions) => {
  expect(await allowedActions((action) => keys.mayWithPrimary(caller, action))).toEqual([...actions].sort());
  expect(await allowedActions((action) => keys.mayWithReplica(caller, action))).toEqual([...actions].sort());
});

test('each deployment manages the key of its own Region, and can use neither key', async () => {
  expect(await allowedActions((action) => keys.mayWithPrimary('deploysPrimary', action))).toEqual(DEPLOY);
  expect(await allowedActions((action) => keys.mayWithReplica('deploysReplica', action))).toEqual(DEPLOY);
  expect(await allowedActions((action) => keys.mayWithReplica('deploysPrimary', action))).toEqual([]);
  expect(await allowedActions((action) => keys.mayWithPrimary('deploysReplica', action))).toEqual([]);
});

test.each([
  ['us-east-1', true],
  ['eu-west-1', false],
])('the deployment of the replica may replicate the primary to %s: %s', async (region, allowed) => {
  const context = { 'kms:ReplicaRegion': region };
  expect(await keys.mayWithPrimary('deploysReplica', 'kms:ReplicateKey', { context })).toBe(allowed);
  expect(
    await allowedActions((action) => keys.mayWithPrimary('deploysReplica', action, action === 'kms:ReplicateKey' ? { context } : {})),
  ).toEqual(allowed ? ['kms:ReplicateKey'] : []);
});

test('the laws notice every mutant of the statement that allows the replication of the primary', async () => {
  const { Statement: statements } = JSON.parse(keys.primaryPolicy) as { readonly Statement: readonly Statement[] };
  const itsOwn = statements.filter(({ Sid }) => String(Sid).startsWith('DeploymentReplicates'));
  expect(itsOwn).toHaveLength(1);
  const mutants = itsOwn.flatMap((statement) => [
    ...mutantsOf(statement, statements, [{ AWS: PRINCIPALS.stranger }, { AWS: PRINCIPALS.user }]),
    ...mutantsWithAnyValue(statement, statements),
  ]);
  const survivors: string[] = [];
  for (const { name, statements: mutated, actions } of mutants) {
    if (!await isNoticed(JSON.stringify({ Version: '2012-10-17', Statement: mutated }), actions)) survivors.push(name);
  }
  console.log(`mutants of the statement that lets a replica be made: ${mutants.length}, survivors ${survivors.length}`);
  expect(survivors).toEqual([]);
  expect(mutants.length).toBeGreaterThan(5);
});

/**
 * Of these callers only the deployment of the replica may replicate the primary, and only to its Region. Other actions
 * are unchanged.
 */
async function isNoticed(keyPolicy: string, actions: readonly string[]): Promise<boolean> {
  const law: [CallerName, readonly string[]][] = [['deploysReplica', []], ['user', USE], ['stranger', []]];
  for (const [caller, allowed] of law) {
    for (const region of ['us-east-1', 'eu-west-1']) {
      for (const action of actions) {
        const expected =
          allowed.includes(action) || (caller === 'deploysReplica' && action === 'kms:ReplicateKey' && region === 'us-east-1');
        const context = action === 'kms:ReplicateKey' ? { 'kms:ReplicaRegion': region } : {};
        if (await may(caller, { keyPolicy, keyArn: KEY_ARN, action, context }) !== expected) return true;
      }
    }
  }
  return false;
}

test('an encryption context that is required for the primary is required for the replica', async () => {
  const held = new PrimaryAndReplica({ encryptionContext: { tenant: 'acme' } });
  for (const [tenant, allowed] of [['acme', true], ['other', false]] as const) {
    const details = { encryptionContext: { tenant } };
    expect(await held.mayWithPrimary('user', 'kms:Decrypt', details)).toBe(allowed);
    expect(await held.mayWithReplica('user', 'kms:Decrypt', details)).toBe(allowed);
  }
});

test.each([['by IAM', KeyPosture.iamDelegated(), true], ['by the key policy alone', KeyPosture.keyPolicyOnly(), false]])(
  'what is decided %s for the primary is so for the replica', async (_, posture, allowed) => {
    const keysOfPosture = new PrimaryAndReplica({ posture });
    const byIam = { identityStatements: EVERYTHING_BY_IAM };
    expect(await keysOfPosture.mayWithPrimary('stranger', 'kms:Decrypt', byIam)).toBe(allowed);
    expect(await keysOfPosture.mayWithReplica('stranger', 'kms:Decrypt', byIam)).toBe(allowed);
  });
