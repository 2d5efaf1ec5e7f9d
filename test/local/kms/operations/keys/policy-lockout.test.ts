import { aKey, aLocalKms, refusalOf } from '../../local-kms-bench';

const ACCOUNT = '111122223333';
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const ADMIN = `arn:aws:iam::${ACCOUNT}:role/admin`;
const LOCKED_OUT = 'MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.';
const INVALID_PRINCIPAL = 'MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.';

const statement = (changes: object) => ({ Effect: 'Allow', Principal: { AWS: ROOT }, Action: 'kms:*', Resource: '*', ...changes });
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });

describe('a policy that no principal could change is refused', () => {
  test.each([
    ['it has no Allow', policy(statement({ Effect: 'Deny' }))],
    ['it allows other actions only', policy(statement({ Action: ['kms:Encrypt', 'kms:GetKeyPolicy'] }))],
    ['it allows all actions but this one', policy(statement({ Action: undefined, NotAction: 'kms:put*' }))],
    ['its pattern is for a longer name', policy(statement({ Action: 'kms:PutKeyPolicy?' }))],
  ])('when %s', async (_, Policy) => {
    const { kms } = await aLocalKms();
    const { KeyId } = await aKey(kms);
    const { Policy: before } = await kms.getKeyPolicy({ KeyId });
    expect(await refusalOf(kms.putKeyPolicy({ KeyId, Policy }))).toBe(LOCKED_OUT);
    expect(await refusalOf(kms.createKey({ Policy }))).toBe(LOCKED_OUT);
    expect((await kms.getKeyPolicy({ KeyId })).Policy).toBe(before);
    expect((await kms.listKeys({})).Keys).toHaveLength(1);

    await kms.putKeyPolicy({ KeyId, Policy, BypassPolicyLockoutSafetyCheck: true });
    expect((await kms.getKeyPolicy({ KeyId })).Policy).toBe(Policy);
    await kms.createKey({ Policy, BypassPolicyLockoutSafetyCheck: true });
  });

  test.each([
    ['it allows everything', policy(statement({ Action: '*' }))],
    ['it allows it by name, in whatever case', policy(statement({ Action: ['kms:Encrypt', 'KMS:putkeypolicy'] }))],
    ['it allows it by a pattern', policy(statement({ Action: 'kms:Put?ey*' }))],
    ['it allows all but other actions', policy(statement({ Action: undefined, NotAction: ['kms:Encrypt'] }))],
    ['it allows it to somebody only', policy(statement({ Principal: { AWS: ADMIN } }))],
  ])('but not when %s', async (_, Policy) => {
    const { kms } = await aLocalKms();
    const { KeyId } = (await kms.createKey({ Policy })).KeyMetadata!;
    await kms.putKeyPolicy({ KeyId, Policy });
  });
});

describe('with enforcement, the caller must be able to change the policy again', () => {
  const enforcePolicies = {
    principals: { admin: ADMIN, root: ROOT },
    identityPolicies: { [ADMIN]: [JSON.parse(policy({ Effect: 'Allow', Action: 'kms:*', Resource: '*' })) as object] },
  };

  test.each([
    ['directly', statement({ Principal: { AWS: ADMIN } })],
    ['through the account and the caller\'s identity policy', statement({})],
  ])('%s', async (_, allowing) => {
    const { as } = await aLocalKms({ enforcePolicies });
    const { KeyId } = (await as('admin').createKey({ Policy: policy(allowing) })).KeyMetadata!;
    await as('admin').putKeyPolicy({ KeyId, Policy: policy(allowing, statement({ Effect: 'Deny', Action: 'kms:Encrypt' })) });
  });

  test.each([
    ['nobody but somebody else', policy(statement({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/other` } }))],
    ['a deny', policy(statement({}), statement({ Effect: 'Deny', Principal: { AWS: ADMIN }, Action: 'kms:PutKeyPolicy' }))],
    ['a condition that does not hold', policy(statement({ Condition: { StringEquals: { 'kms:CallerAccount': '000000000000' } } }))],
  ])('and not: %s', async (_, Policy) => {
    const { as } = await aLocalKms({ enforcePolicies });
    const { KeyId } = await aKey(as('admin'));
    expect(await refusalOf(as('admin').putKeyPolicy({ KeyId, Policy }))).toBe(LOCKED_OUT);
    expect(await refusalOf(as('admin').createKey({ Policy }))).toBe(LOCKED_OUT);
    await as('admin').putKeyPolicy({ KeyId, Policy, BypassPolicyLockoutSafetyCheck: true });
    expect(await refusalOf(as('admin').putKeyPolicy({ KeyId, Policy }))).toMatch(/^AccessDeniedException/);
  });

  test('a policy that IAM cannot read is refused with its cause', async () => {
    const { as } = await aLocalKms({ enforcePolicies });
    const { KeyId } = await aKey(as('admin'));
    expect(await refusalOf(as('admin').putKeyPolicy({ KeyId, Policy: policy(statement({ Efect: 'Allow' })) }))).toBe(
      'MalformedPolicyDocumentException: The key policy is malformed: Invalid key Efect at Statement[0].#Efect');
  });
});

test('a replica with such a policy is not created', async () => {
  const { kms, as } = await aLocalKms();
  const { KeyId } = (await kms.createKey({ MultiRegion: true })).KeyMetadata!;
  const Policy = policy(statement({ Effect: 'Deny' }));
  expect(await refusalOf(kms.replicateKey({ KeyId, ReplicaRegion: 'eu-west-1', Policy }))).toBe(LOCKED_OUT);
  expect((await as(ACCOUNT, 'eu-west-1').listKeys({})).Keys).toEqual([]);
  await kms.replicateKey({ KeyId, ReplicaRegion: 'eu-west-1', Policy, BypassPolicyLockoutSafetyCheck: true });
});

describe('principals', () => {
  test.each([
    '*', ACCOUNT, ROOT, `arn:aws:iam::${ACCOUNT}:user/path/to/mary`, `arn:aws-cn:iam::${ACCOUNT}:role/aws-service-role/a.amazonaws.com/B`,
    `arn:aws:sts::${ACCOUNT}:assumed-role/worker/session@home`,
  ])('%s can be one', async (AWS) => {
    const { kms } = await aLocalKms();
    await kms.createKey({ Policy: policy(statement({ Principal: { AWS: [ROOT, AWS] } })) });
  });

  test.each([
    ['a role that was deleted', { AWS: 'AROAEXAMPLEEXAMPLEEXA' }],
    ['an ARN without an account', { AWS: 'arn:aws:iam:::role/worker' }],
    ['a group', { AWS: `arn:aws:iam::${ACCOUNT}:group/admins` }],
    ['a key', { AWS: [ROOT, `arn:aws:kms:eu-central-1:${ACCOUNT}:key/1`] }],
    ['an ARN that stands alone', ROOT],
    ['a pattern', { AWS: `arn:aws:iam::${ACCOUNT}:role/*` }],
    ['a number', { AWS: 111122223333 }],
  ])('%s cannot be one', async (_, Principal) => {
    const { kms } = await aLocalKms();
    expect(await refusalOf(kms.createKey({ Policy: policy(statement({}), statement({ Principal })) }))).toBe(INVALID_PRINCIPAL);
  });
});
