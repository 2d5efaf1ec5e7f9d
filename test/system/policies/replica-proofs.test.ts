import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { EVERYTHING_BY_IAM, KEY_ACTIONS } from './a-guarded-family';
import { mutantsOf, mutantsWithAnyValue } from './statement-mutants';
import { resolveIntrinsics } from '../../../local/cloudformation/resolve-intrinsics';
import { KeyPosture, type CustomerManagedKeyProps } from '../../../src/index';
import type { Statement } from '../../support/a-customer-managed-key';
import { onlyResource } from '../../support/a-stack';
import { ACCOUNT, KEY_ARN, mayCall, type KmsCall } from '../../support/policy-evaluator';
import { TwoRegions } from '../../support/two-regions';

const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

/** Everybody who may ever want something from primary or replica. */
const PEOPLE = {
  administrator: role('security'),
  user: role('orders-service'),
  worker: role('re-encryption'),
  partner: 'arn:aws:iam::999988887777:role/partner',
  glass: role('break-glass'),
  deploysPrimary: role(`cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-eu-central-1`),
  deploysReplica: role(`cdk-hnb659fds-cfn-exec-role-${ACCOUNT}-us-east-1`),
  /** Stands in no key policy. */
  stranger: role('somebody-else'),
} as const;
type Person = keyof typeof PEOPLE;

const PSEUDO_PARAMETERS = new Map([['AWS::Partition', { ref: 'aws', attributes: {} }]]);
const REPLICA_ARN = KEY_ARN.replace('eu-central-1', 'us-east-1');

const USE = [
  'kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyPair', 'kms:GenerateDataKeyPairWithoutPlaintext',
  'kms:GenerateDataKeyWithoutPlaintext', 'kms:ReEncryptFrom', 'kms:ReEncryptTo',
];
const ADMINISTER = [
  'kms:CancelKeyDeletion', 'kms:CreateAlias', 'kms:DeleteAlias', 'kms:DescribeKey', 'kms:DisableKey', 'kms:DisableKeyRotation', 'kms:EnableKey',
  'kms:EnableKeyRotation', 'kms:GetKeyLastUsage', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListGrants', 'kms:ListKeyPolicies',
  'kms:ListKeyRotations', 'kms:ListResourceTags', 'kms:PutKeyPolicy', 'kms:ReplicateKey', 'kms:RevokeGrant', 'kms:RotateKeyOnDemand',
  'kms:ScheduleKeyDeletion', 'kms:TagResource', 'kms:UntagResource', 'kms:UpdateAlias', 'kms:UpdateKeyDescription', 'kms:UpdatePrimaryRegion',
];
const DEPLOY = [
  'kms:CreateAlias', 'kms:DeleteAlias', 'kms:DescribeKey', 'kms:DisableKey', 'kms:DisableKeyRotation', 'kms:EnableKey', 'kms:EnableKeyRotation',
  'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus', 'kms:ListResourceTags', 'kms:PutKeyPolicy', 'kms:ScheduleKeyDeletion', 'kms:TagResource',
  'kms:UntagResource', 'kms:UpdateAlias', 'kms:UpdateKeyDescription',
];

/** The two keys, as their stacks would make them. */
class PrimaryAndReplica {
  public readonly primaryPolicy: string;
  private readonly replicaPolicy: string;

  public constructor(props: Partial<CustomerManagedKeyProps> = {}) {
    const regions = new TwoRegions();
    const named = (person: Person) => iam.Role.fromRoleArn(regions.frankfurt, person, PEOPLE[person]);
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

  public mayWithPrimary(person: Person, action: string, details: Partial<KmsCall> = {}): Promise<boolean> {
    return may(person, { keyPolicy: this.primaryPolicy, keyArn: KEY_ARN, action, ...details });
  }

  public mayWithReplica(person: Person, action: string, details: Partial<KmsCall> = {}): Promise<boolean> {
    return may(person, { keyPolicy: this.replicaPolicy, keyArn: REPLICA_ARN, action, ...details });
  }
}

/** Of another account, nobody is let in by the key's side alone. */
function may(person: Person, call: Omit<KmsCall, 'principalArn'>): Promise<boolean> {
  return mayCall({ principalArn: PEOPLE[person], identityStatements: person === 'partner' ? EVERYTHING_BY_IAM : [], ...call });
}

function policyOf(stack: Stack, type: string): string {
  return JSON.stringify(resolveIntrinsics(onlyResource(stack, type).Properties.KeyPolicy, PSEUDO_PARAMETERS));
}

async function everythingThat(isAllowed: (action: string) => Promise<boolean>): Promise<string[]> {
  const answers = await Promise.all(KEY_ACTIONS.map(async (action) => await isAllowed(action) ? [action] : []));
  return answers.flat();
}

const keys = new PrimaryAndReplica();

test.each<[Person, string[]]>([
  ['administrator', ADMINISTER], ['user', USE], ['worker', ['kms:ReEncryptFrom', 'kms:ReEncryptTo']], ['partner', USE], ['glass', ADMINISTER], ['stranger', []],
])('the %s may do exactly this, with the replica as with the primary', async (person, actions) => {
  expect(await everythingThat((action) => keys.mayWithPrimary(person, action))).toEqual([...actions].sort());
  expect(await everythingThat((action) => keys.mayWithReplica(person, action))).toEqual([...actions].sort());
});

test('each deployment looks after the key of its own Region, and can use neither', async () => {
  expect(await everythingThat((action) => keys.mayWithPrimary('deploysPrimary', action))).toEqual(DEPLOY);
  expect(await everythingThat((action) => keys.mayWithReplica('deploysReplica', action))).toEqual(DEPLOY);
  expect(await everythingThat((action) => keys.mayWithReplica('deploysPrimary', action))).toEqual([]);
  expect(await everythingThat((action) => keys.mayWithPrimary('deploysReplica', action))).toEqual([]);
});

test.each([['us-east-1', true], ['eu-west-1', false]])('the deployment of the replica may replicate the primary to %s: %s', async (region, allowed) => {
  const context = { 'kms:ReplicaRegion': region };
  expect(await keys.mayWithPrimary('deploysReplica', 'kms:ReplicateKey', { context })).toBe(allowed);
  expect(await everythingThat((action) => keys.mayWithPrimary('deploysReplica', action, action === 'kms:ReplicateKey' ? { context } : {})))
    .toEqual(allowed ? ['kms:ReplicateKey'] : []);
});

test('the laws notice whatever happens to the statement by which the primary lets itself be replicated', async () => {
  const { Statement: statements } = JSON.parse(keys.primaryPolicy) as { readonly Statement: readonly Statement[] };
  const itsOwn = statements.filter(({ Sid }) => String(Sid).startsWith('DeploymentReplicates'));
  expect(itsOwn).toHaveLength(1);
  const mutants = itsOwn.flatMap((statement) =>
    [...mutantsOf(statement, statements, [{ AWS: PEOPLE.stranger }, { AWS: PEOPLE.user }]), ...mutantsWithAnyValue(statement, statements)]);
  const survivors: string[] = [];
  for (const { name, statements: mutated, actions } of mutants) {
    if (!await isNoticed(JSON.stringify({ Version: '2012-10-17', Statement: mutated }), actions)) survivors.push(name);
  }
  console.log(`mutants of the statement that lets a replica be made: ${mutants.length}, survivors ${survivors.length}`);
  expect(survivors).toEqual([]);
  expect(mutants.length).toBeGreaterThan(5);
});

/** Of these people nobody but the deployment of the replica may replicate the primary, to its Region; all else they may as before. */
async function isNoticed(keyPolicy: string, actions: readonly string[]): Promise<boolean> {
  const law: [Person, readonly string[]][] = [['deploysReplica', []], ['user', USE], ['stranger', []]];
  for (const [person, allowed] of law) {
    for (const region of ['us-east-1', 'eu-west-1']) {
      for (const action of actions) {
        const expected = allowed.includes(action) || (person === 'deploysReplica' && action === 'kms:ReplicateKey' && region === 'us-east-1');
        const context = action === 'kms:ReplicateKey' ? { 'kms:ReplicaRegion': region } : {};
        if (await may(person, { keyPolicy, keyArn: KEY_ARN, action, context }) !== expected) return true;
      }
    }
  }
  return false;
}

test('an encryption context that users have to bring, they have to bring to the replica, too', async () => {
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
