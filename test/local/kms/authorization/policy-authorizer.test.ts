import { runSimulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import { PolicyAuthorizer } from '../../../../local/kms/authorization/policy-authorizer';
import type { Grant } from '../../../../local/kms/model/grants/grant';
import { newGrantToken } from '../../../../local/kms/model/grants/grant-token';
import { ACCOUNT, aKmsKey, anAuthorizer, aRequest, KEY_ARN, NOW, policyOf, REGION, ROOT, WORKER } from '../authorizer-bench';

const OTHER_ROLE = `arn:aws:iam::${ACCOUNT}:role/other`;
const FOREIGN_ACCOUNT = '999988887777';
const FOREIGN_ROLE = `arn:aws:iam::${FOREIGN_ACCOUNT}:role/worker`;
const ONLY_OTHERS = JSON.stringify(policyOf({ Effect: 'Allow', Principal: { AWS: OTHER_ROLE }, Action: 'kms:*', Resource: '*' }));

describe('any policies without encryption context are decided as the evaluator alone decides', () => {
  const conditions = fc.record({
    operator: fc.constantFrom(
      'StringEquals',
      'StringNotEquals',
      'StringLike',
      'StringEqualsIfExists',
      'StringNotEqualsIfExists',
      'ForAllValues:StringEquals',
      'ForAnyValue:StringEquals',
      'Null',
    ),
    key: fc.constantFrom(
      'kms:CallerAccount',
      'kms:callerACCOUNT',
      'kms:KeySpec',
      'kms:KeyOrigin',
      'aws:PrincipalArn',
      'aws:RequestedRegion',
      'aws:ResourceTag/team',
      'kms:ViaService',
      'kms:RequestAlias',
      'aws:TagKeys',
      'kms:ResourceAliases',
    ),
    values: fc.array(
      fc.constantFrom(
        ACCOUNT,
        FOREIGN_ACCOUNT,
        'SYMMETRIC_DEFAULT',
        'AWS_KMS',
        WORKER,
        'arn:*:role/*',
        REGION,
        'orders',
        '${aws:PrincipalArn}',
        'true',
        'false',
      ),
      { minLength: 1, maxLength: 3 },
    ),
  });
  const body = {
    Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
    Action: fc.constantFrom('kms:*', 'kms:Encrypt', ['kms:Decrypt', 'kms:DescribeKey'], 'KMS:enc*', 'kms:?ecrypt'),
    Resource: fc.constantFrom('*', KEY_ARN, `arn:aws:kms:*:${ACCOUNT}:key/*`, `arn:aws:kms:*:${FOREIGN_ACCOUNT}:key/*`),
    conditions: fc.array(conditions, { maxLength: 2 }),
  };
  const principal = fc.constantFrom(
    '*',
    { AWS: '*' },
    { AWS: ROOT },
    { AWS: ACCOUNT },
    { AWS: WORKER },
    { AWS: [OTHER_ROLE, FOREIGN_ROLE] },
    { AWS: FOREIGN_ACCOUNT },
  );
  const identityStatement = fc.record(body).map(statementOf);
  const keyStatement = fc.record({ ...body, Principal: principal }).map(statementOf);

  function statementOf({ conditions: given, ...statement }: { conditions: { operator: string; key: string; values: string[] }[] }): object {
    const Condition: Record<string, Record<string, string[]>> = {};
    for (const { operator, key, values } of given) Condition[operator] = { [key]: values };
    return given.length === 0 ? statement : { ...statement, Condition };
  }

  test('for every caller and action', async () => {
    const seen = { allowed: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(keyStatement, { minLength: 1, maxLength: 4 }),
        fc.array(identityStatement, { maxLength: 3 }),
        fc.constantFrom(WORKER, OTHER_ROLE, ROOT, FOREIGN_ROLE),
        fc.constantFrom('kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey'),
        fc.boolean(),
        async (keyStatements, identityStatements, principalArn, action, tagged) => {
          const keyPolicy = policyOf(...keyStatements);
          const identityPolicy = policyOf(...identityStatements);
          const tags = tagged ? [{ TagKey: 'team', TagValue: 'orders' }] : [];
          const denial = await anAuthorizer({ [principalArn]: [identityPolicy] }).decide(
            aRequest({
              principalArn,
              action,
              key: aKmsKey({ policy: JSON.stringify(keyPolicy), tags }),
            }),
          );

          // Written manually: everything that AWS knows about this call, even if no policy mentions it.
          const context = {
            'aws:PrincipalArn': principalArn,
            'aws:RequestedRegion': REGION,
            'kms:CallerAccount': principalArn === FOREIGN_ROLE ? FOREIGN_ACCOUNT : ACCOUNT,
            'kms:KeySpec': 'SYMMETRIC_DEFAULT',
            'kms:KeyOrigin': 'AWS_KMS',
            ...(tagged && { 'aws:ResourceTag/team': 'orders' }),
          };
          const rootMayAll = policyOf({ Effect: 'Allow', Action: '*', Resource: '*' });
          const outcome = await runSimulation(
            {
              request: { principal: principalArn, action, resource: { resource: KEY_ARN, accountId: ACCOUNT }, contextVariables: context },
              identityPolicies: [identityPolicy, ...(principalArn === ROOT ? [rootMayAll] : [])].map((policy, index) => ({
                name: String(index),
                policy,
              })),
              resourcePolicy: keyPolicy,
              serviceControlPolicies: [],
              resourceControlPolicies: [],
            },
            {},
          );
          expect(outcome).toMatchObject({ resultType: 'single', overallResult: expect.any(String) });
          const allowed = outcome.resultType === 'single' && outcome.overallResult === 'Allowed';
          expect(denial === undefined).toBe(allowed);
          seen[allowed ? 'allowed' : 'refused']++;
        },
      ),
      { numRuns: 300 },
    );
    // Without this, the law would cover only one of the two decisions.
    expect(Math.min(seen.allowed, seen.refused)).toBeGreaterThan(20);
  });
});

test('the same request has the same decision, independent of other decisions', async () => {
  const statement = { Effect: 'Allow', Principal: { AWS: WORKER }, Resource: '*' };
  const policies = ['kms:Encrypt', 'kms:Decrypt'].map((Action) => JSON.stringify(policyOf({ ...statement, Action })));
  const authorizer = anAuthorizer();
  const zeroOrOne = fc.constantFrom(0, 1);
  const question = fc.record({ policy: zeroOrOne, action: zeroOrOne, principalArn: fc.constantFrom(WORKER, OTHER_ROLE) });
  await fc.assert(fc.asyncProperty(fc.array(question), async (questions) => {
    for (const { policy, action, principalArn } of questions) {
      const key = aKmsKey({ policy: policies[policy] });
      const denial = await authorizer.decide(aRequest({ principalArn, action: ['kms:Encrypt', 'kms:Decrypt'][action], key }));
      expect(denial === undefined).toBe(policy === action && principalArn === WORKER);
    }
  }));
});

describe('a grant', () => {
  const DENIES = { Effect: 'Deny', Action: 'kms:Encrypt', Resource: '*' };
  const GRANT: Grant = {
    grantId: 'a'.repeat(64),
    createdAt: NOW,
    countsFrom: NOW,
    issuingAccount: `arn:aws:iam::${ACCOUNT}:root`,
    terms: { granteePrincipal: WORKER, operations: ['Encrypt', 'Decrypt'], constraints: { EncryptionContextSubset: { a: '1' } } },
  };
  const encryptionContext = { a: '1' };
  const grantedKey = (policy: string, grant = GRANT) => aKmsKey({ policy, grants: new Map([[grant.grantId, grant]]) });

  test('allows what no policy allows, and the decision names the grant', async () => {
    const authorizer = anAuthorizer();
    expect(await authorizer.decide(aRequest({ key: grantedKey(ONLY_OTHERS), encryptionContext }))).toEqual({ byGrant: GRANT });
    expect(await authorizer.decide(aRequest({ key: grantedKey(ONLY_OTHERS), encryptionContext: { a: '2' } }))).toMatchObject({
      because: 'because no resource-based policy allows the kms:Encrypt action',
    });
  });

  test('is not named in the decision if a policy allows the action', async () => {
    expect(await anAuthorizer().decide(aRequest({ key: grantedKey(aKmsKey().policy), encryptionContext }))).toBeUndefined();
  });

  test('that is new counts for a request with its token', async () => {
    const key = grantedKey(ONLY_OTHERS, { ...GRANT, countsFrom: NOW + 1 });
    expect(await anAuthorizer().decide(aRequest({ key, encryptionContext }))).toHaveProperty('because');
    const request = { GrantTokens: [newGrantToken(key.arn, GRANT.grantId)] };
    expect(await anAuthorizer().decide(aRequest({ key, encryptionContext, request }))).toHaveProperty('byGrant');
  });

  test('never overrides a Deny of the key policy or the identity policy', async () => {
    const policy = JSON.stringify(policyOf({ ...DENIES, Principal: '*' }));
    expect(await anAuthorizer().decide(aRequest({ key: grantedKey(policy), encryptionContext }))).toMatchObject({
      because: 'with an explicit deny in a resource-based policy',
    });
    expect(
      await anAuthorizer({ [WORKER]: [policyOf(DENIES)] }).decide(aRequest({ key: grantedKey(ONLY_OTHERS), encryptionContext })),
    ).toMatchObject({
      because: 'with an explicit deny in an identity-based policy',
    });
  });
});

test('a new key policy is enforced after its propagation delay', async () => {
  const key = aKmsKey({ policy: ONLY_OTHERS, formerPolicies: [{ value: aKmsKey().policy, seenUntil: NOW + 5 }] });
  const authorizer = anAuthorizer();
  expect(await authorizer.decide(aRequest({ key, now: NOW + 4 }))).toBeUndefined();
  expect(await authorizer.decide(aRequest({ key, now: NOW + 5 }))).toHaveProperty('because');
});

test('actions on an alias are decided by identity policies alone', async () => {
  const aliasArn = `arn:aws:kms:${REGION}:${ACCOUNT}:alias/orders`;
  const request = aRequest({ action: 'kms:CreateAlias', key: undefined, aliasArn });
  expect(await anAuthorizer().decide(request)).toEqual({
    because: 'because no identity-based policy allows the kms:CreateAlias action',
    byIdentityPolicy: true,
  });
  const allowing = (Resource: string) => anAuthorizer({ [WORKER]: [policyOf({ Effect: 'Allow', Action: 'kms:CreateAlias', Resource })] });
  expect(await allowing(aliasArn).decide(request)).toBeUndefined();
  expect(await allowing(KEY_ARN).decide(request)).toMatchObject({ byIdentityPolicy: true });
});

test('a condition that names an encryption context key twice cannot be decided, and is refused', async () => {
  const Condition = { StringEquals: { 'kms:EncryptionContext:a': '1', 'kms:EncryptionContext:A': '2' } };
  const policy = JSON.stringify(policyOf({ Effect: 'Allow', Principal: '*', Action: 'kms:*', Resource: '*', Condition }));
  await expect(anAuthorizer().decide(aRequest({ key: aKmsKey({ policy }) }))).rejects.toThrow(
    'The policy has two conditions on one encryption context key under the same operator.');
});

describe('an unsupported policy is an error, never a decision', () => {
  test('if the evaluator ignores a condition key', async () => {
    const forgetful = new PolicyAuthorizer(
      {
        runSimulation: async () => ({
          resultType: 'single',
          overallResult: 'Allowed',
          result: { analysis: {}, ignoredContextKeys: ['kms:KeySpec'] },
        }),
      },
      { policiesOf: () => [] },
    );
    await expect(forgetful.decide(aRequest())).rejects.toThrow('the policy evaluator does not know kms:KeySpec in kms:Encrypt');
  });

  test('if the evaluator does not support an action', async () => {
    await expect(anAuthorizer().decide(aRequest({ action: 'kms:Encapsulate' }))).rejects.toThrow(
      'the policy evaluator cannot decide about kms:Encapsulate: {"message":"invalid.action"}');
  });
});
