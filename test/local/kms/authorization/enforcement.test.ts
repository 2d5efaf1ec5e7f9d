import type { KMS } from '@aws-sdk/client-kms';
import { loadEvaluator, type Evaluator } from '../../../../local/kms/authorization/evaluator';
import type { Policies } from '../../../../local/kms/authorization/policies';
import { aKey, aLocalKms, decryptText, encryptText, REGION, refusalOf, THE_BEGINNING, type Bench } from '../local-kms-bench';

const ACCOUNT = '111122223333';
const OTHER_ACCOUNT = '999988887777';
const ADMIN = `arn:aws:iam::${ACCOUNT}:role/admin`;
const WORKER = `arn:aws:iam::${ACCOUNT}:role/service/worker`;
const STRANGER = `arn:aws:iam::${OTHER_ACCOUNT}:role/stranger`;
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

const policy = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: string | string[], more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more });
const deny = (Action: string | string[], more: object = {}) => ({ ...allow(Action, more), Effect: 'Deny' });
const to = (AWS: string | string[]) => ({ Principal: { AWS } });

const principals = { admin: ADMIN, worker: WORKER, stranger: STRANGER, root: ROOT };
const ADMIN_POLICY = { [ADMIN]: [policy(allow('kms:*'))] };

interface Stage extends Bench {
  readonly admin: KMS;
  readonly worker: KMS;
}

/** A KMS that enforces policies, with an administrator whose identity policy allows all actions. */
async function aStage(identityPolicies: Policies['identityPolicies'] = {}): Promise<Stage> {
  const bench = await aLocalKms({ enforcePolicies: { principals, identityPolicies: { ...ADMIN_POLICY, ...identityPolicies } } });
  return { ...bench, admin: bench.as('admin'), worker: bench.as('worker') };
}

/** A key that the account governs and to whose policy these statements are added. */
async function aKeyOf(admin: KMS, ...statements: object[]) {
  return (await admin.createKey({ Policy: JSON.stringify(policy(allow('kms:*', to(ROOT)), ...statements)) })).KeyMetadata as {
    KeyId: string;
    Arn: string;
  };
}

const denied = (principal: string, action: string, resource: string, because: string) =>
  `AccessDeniedException: User: ${principal} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
const outside = (principal: string, action: string) =>
  `AccessDeniedException: User: ${principal} is not authorized to perform: ${action} on this resource ` +
  'because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access';

const encrypting = (kms: KMS, keyId: string, context?: Record<string, string>) => encryptText(kms, keyId, 'text', context);

describe('a key that leaves the decision to the account', () => {
  test('may be used by a role whose identity policy allows it', async () => {
    const { admin, worker } = await aStage({ [WORKER]: [policy(allow(['kms:Encrypt', 'kms:Decrypt']))] });
    const { KeyId } = await aKey(admin);
    expect(await decryptText(worker, await encrypting(worker, KeyId))).toBe('text');
  });

  test('may not be used by a role without such a policy', async () => {
    const { admin, worker } = await aStage();
    const { KeyId, Arn } = await aKey(admin);
    expect(await refusalOf(encrypting(worker, KeyId))).toBe(
      denied(WORKER, 'kms:Encrypt', Arn, 'because no identity-based policy allows the kms:Encrypt action'),
    );
  });

  test('is denied by an identity policy, even if another policy allows it', async () => {
    const { admin, worker } = await aStage({ [WORKER]: [policy(allow('kms:*')), policy(deny('kms:Encrypt'))] });
    const { KeyId, Arn } = await aKey(admin);
    expect(await refusalOf(encrypting(worker, KeyId))).toBe(
      denied(WORKER, 'kms:Encrypt', Arn, 'with an explicit deny in an identity-based policy'),
    );
  });

  test('may be used by the account root, which needs no identity policy', async () => {
    const { admin, as } = await aStage();
    const { KeyId } = await aKey(admin);
    expect(await decryptText(as('root'), await encrypting(as('root'), KeyId))).toBe('text');
  });
});

describe('a key policy', () => {
  test('allows a role that it names, without an identity policy', async () => {
    const { admin, worker } = await aStage();
    const { KeyId, Arn } = await aKeyOf(admin, allow('kms:Encrypt', to(WORKER)));
    const blob = await encrypting(worker, KeyId);
    expect(await refusalOf(decryptText(worker, blob))).toBe(
      denied(WORKER, 'kms:Decrypt', Arn, 'because no identity-based policy allows the kms:Decrypt action'),
    );
  });

  test('that does not name the account makes identity policies ineffective, even the root\'s', async () => {
    const { admin, worker, as } = await aStage({ [WORKER]: [policy(allow('kms:*'))] });
    const Policy = JSON.stringify(policy(allow('kms:*', to(ADMIN))));
    const { KeyId, Arn } = (await admin.createKey({ Policy })).KeyMetadata!;
    const because = 'because no resource-based policy allows the kms:Encrypt action';
    expect(await refusalOf(encrypting(worker, KeyId!))).toBe(denied(WORKER, 'kms:Encrypt', Arn!, because));
    expect(await refusalOf(encrypting(as('root'), KeyId!))).toBe(denied(ROOT, 'kms:Encrypt', Arn!, because));
    await encrypting(admin, KeyId!);
  });

  test('denies use of the key, even if another policy allows it', async () => {
    const { admin, worker } = await aStage({ [WORKER]: [policy(allow('kms:*'))] });
    const { KeyId, Arn } = await aKeyOf(admin, deny('kms:Encrypt', to(WORKER)));
    expect(await refusalOf(encrypting(worker, KeyId))).toBe(
      denied(WORKER, 'kms:Encrypt', Arn, 'with an explicit deny in a resource-based policy'),
    );
  });

  test('counts from the next call on', async () => {
    const { admin, worker } = await aStage();
    const { KeyId } = await aKeyOf(admin, allow('kms:Encrypt', to(WORKER)));
    await encrypting(worker, KeyId);
    await admin.putKeyPolicy({ KeyId, Policy: JSON.stringify(policy(allow('kms:*', to(ROOT)))) });
    expect(await refusalOf(encrypting(worker, KeyId))).toMatch(/^AccessDeniedException/);
  });
});

describe('a role of another account', () => {
  const OPEN = allow(['kms:Encrypt', 'kms:Decrypt'], to(OTHER_ACCOUNT));

  test('needs the key policy and a policy of its own', async () => {
    const { admin, as } = await aStage({ [STRANGER]: [policy(allow('kms:Encrypt'))] });
    const { Arn } = await aKeyOf(admin, OPEN);
    const blob = await encrypting(as('stranger'), Arn);
    expect(await refusalOf(decryptText(as('stranger'), blob))).toBe(
      denied(STRANGER, 'kms:Decrypt', Arn, 'because no identity-based policy allows the kms:Decrypt action'));
  });

  test('cannot learn whether a key exists whose policy does not allow it', async () => {
    const { admin, as } = await aStage({ [STRANGER]: [policy(allow('kms:*'))] });
    const { Arn } = await aKeyOf(admin);
    const missing = Arn.replace(/[^/]+$/, '00000000-0000-0000-0000-000000000000');
    expect(await refusalOf(encrypting(as('stranger'), Arn))).toBe(outside(STRANGER, 'kms:Encrypt'));
    expect(await refusalOf(encrypting(as('stranger'), missing))).toBe(outside(STRANGER, 'kms:Encrypt'));
  });

  test('can never do what AWS allows within the account only', async () => {
    const { admin, as } = await aStage({ [STRANGER]: [policy(allow('kms:*'))] });
    const { Arn } = await aKeyOf(admin, allow('kms:*', to(STRANGER)));
    expect(await refusalOf(as('stranger').disableKey({ KeyId: Arn }))).toBe(outside(STRANGER, 'kms:DisableKey'));
  });
});

describe('actions without a key', () => {
  test('are decided by identity policies alone', async () => {
    const { worker } = await aStage({ [WORKER]: [policy(allow('kms:CreateKey'))] });
    await worker.createKey({});
    expect(await refusalOf(worker.listKeys({}))).toBe(
      denied(WORKER, 'kms:ListKeys', '*', 'because no identity-based policy allows the kms:ListKeys action'),
    );
  });

  test('creation and replication of a key with tags need the permission to tag', async () => {
    const Tags = [{ TagKey: 'team', TagValue: 'orders' }];
    const { worker } = await aStage({ [WORKER]: [policy(allow('kms:CreateKey'))] });
    expect(await refusalOf(worker.createKey({ Tags }))).toBe(
      denied(WORKER, 'kms:TagResource', '*', 'because no identity-based policy allows the kms:TagResource action'));

    const Resource = `arn:aws:kms:${REGION}:${ACCOUNT}:key/*`;
    const mayTag = allow('kms:TagResource', { Resource, Condition: { StringEquals: { 'aws:RequestTag/team': 'orders' } } });
    const { worker: tagger } = await aStage({ [WORKER]: [policy(allow('kms:CreateKey'), mayTag)] });
    await tagger.createKey({ Tags });
    const mayReplicate = policy(allow(['kms:CreateKey', 'kms:ReplicateKey']));
    const { worker: replicator } = await aStage({ [WORKER]: [mayReplicate] });
    const { KeyMetadata } = await replicator.createKey({ MultiRegion: true });
    const replica = { KeyId: KeyMetadata!.KeyId, ReplicaRegion: 'eu-west-1' };
    expect(await refusalOf(replicator.replicateKey({ ...replica, Tags }))).toMatch(/^AccessDeniedException: .* kms:TagResource /);
    await replicator.replicateKey(replica);
    expect(await refusalOf(tagger.createKey({ Tags: [{ TagKey: 'team', TagValue: 'other' }] }))).toMatch(
      /^AccessDeniedException: .* kms:TagResource /,
    );
  });
});

describe('enforcement', () => {
  test('is switched on and off while the server runs', async () => {
    const { server, as } = await aLocalKms({ principals: { worker: WORKER } });
    const worker = as('worker');
    const { KeyId, Arn } = await aKey(worker);
    expect(server.enforcement.policies).toBeUndefined();

    await server.enforcement.on({});
    expect(server.enforcement.policies).toBeDefined();
    expect(await refusalOf(encrypting(worker, KeyId))).toBe(denied(WORKER, 'kms:Encrypt', Arn, 'because no identity-based policy allows the kms:Encrypt action'));

    await server.enforcement.on({ identityPolicies: { [WORKER]: [policy(allow('kms:Encrypt'))] } });
    await encrypting(worker, KeyId);

    server.enforcement.off();
    expect(server.enforcement.policies).toBeUndefined();
    await worker.describeKey({ KeyId });
  });

  test('no principal changes its account when it ends', async () => {
    const { server, as } = await aLocalKms();
    await server.enforcement.on({ principals: { stranger: STRANGER }, identityPolicies: { [STRANGER]: [policy(allow('kms:*'))] } });
    const { Arn } = await aKey(as('stranger'));
    server.enforcement.off();
    expect((await as('stranger').describeKey({ KeyId: Arn })).KeyMetadata!.AWSAccountId).toBe(OTHER_ACCOUNT);
  });

  test('a policy that IAM cannot read is refused at the start', async () => {
    const enforcePolicies = {
      identityPolicies: { [WORKER]: [policy(allow('kms:*')), policy({ Effect: 'Perhaps', Action: 'kms:*', Resource: '*' })] },
    };
    await expect(aLocalKms({ enforcePolicies })).rejects.toThrow(
      `identity policy 2 of ${WORKER}: is not a policy that IAM can read, got `);
  });

  test('a principal has its account and its name without enforcement, too', async () => {
    const { as } = await aLocalKms({ principals: { stranger: STRANGER } });
    const key = await aKey(as('stranger'));
    expect(key.Arn).toBe(`arn:aws:kms:${REGION}:${OTHER_ACCOUNT}:key/${key.KeyId}`);
    expect(await refusalOf(as('worker').describeKey({ KeyId: key.Arn }))).toBe(
      outside(`arn:aws:iam::${ACCOUNT}:user/worker`, 'kms:DescribeKey'),
    );
  });

  test('evaluates calls once if no policy distinguishes them', async () => {
    let evaluations = 0;
    const evaluator = loadEvaluator();
    const counting: Evaluator = {
      runSimulation: (...question) => {
        evaluations++;
        return evaluator.runSimulation(...question);
      },
    };
    const { server, as } = await aLocalKms({ principals });
    const { KeyId } = await aKey(as('root'));
    await server.enforcement.on({}, counting);
    for (let call = 0; call < 20; call++) await encrypting(as('root'), KeyId, { order: String(call) });
    expect(evaluations).toBe(1);
    await as('root').describeKey({ KeyId });
    expect(evaluations).toBe(2);
  });
});

test('time in conditions is the virtual clock\'s', async () => {
  const deadline = new Date(THE_BEGINNING.getTime() + 1000).toISOString();
  const { server, admin, worker } = await aStage();
  const { KeyId } = await aKeyOf(
    admin,
    allow('kms:Encrypt', { ...to(WORKER), Condition: { DateLessThan: { 'aws:CurrentTime': deadline } } }),
  );
  await encrypting(worker, KeyId);
  server.clock.advance(2000);
  expect(await refusalOf(encrypting(worker, KeyId))).toMatch(/^AccessDeniedException/);
});
