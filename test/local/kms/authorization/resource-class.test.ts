import { IdentityAuthorization } from '../../../../local/iam/authorization';
import { LocalIam } from '../../../../local/iam/local-iam';
import { loadEvaluator, type Evaluator, type Simulation } from '../../../../local/kms/authorization/evaluator';
import { resourceClass, ResourcePatterns } from '../../../../local/kms/authorization/resource-class';

const ACCOUNT = '111122223333';
const BUCKET = 'arn:aws:s3:::evidence';
const KEY = `arn:aws:kms:eu-central-1:${ACCOUNT}:key`;
const PRINCIPAL = `arn:aws:iam::${ACCOUNT}:role/worker`;

const policy = (Action: string, resources: object) => ({
  Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, ...resources }],
});

async function evaluated(resource: string, Action: string, resources: object): Promise<string> {
  const simulation: Simulation = {
    request: {
      principal: PRINCIPAL,
      action: Action,
      resource: { resource, accountId: ACCOUNT },
      contextVariables: { 'aws:PrincipalAccount': ACCOUNT, 'aws:username': 'a' },
    },
    identityPolicies: [{ name: 'identity', policy: policy(Action, resources) }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  };
  const outcome = await loadEvaluator().runSimulation(simulation, {});
  return outcome.resultType === 'error' ? 'error' : outcome.overallResult;
}

const OBJECTS = [
  'runs/a', 'runs/b', 'runs/', 'runs', 'Runs/a', 'RUNS/b', 'runs/a/b', 'runs/a/c', 'runsx/a', 'watch/a', 'watch/b', 'watch/a.json',
  'watch/axjson', 'watch/(a)', 'watch/[a]', 'a', 'b', 'b/a', 'runs/a:b', 'runs/a:c', 'runs/*', 'runs/a//b', 'runs/a//',
].map((name) => `${BUCKET}/${name}`);
const KEYS = [`${KEY}/1234`, `${KEY}/1235`, `${KEY}/a`, `${KEY}/A`, `${KEY}/12.4`, `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234`];
const OBJECT_PATTERNS = [
  '*', `${BUCKET}/*`, `${BUCKET}/runs/*`, `${BUCKET}/runs/?`, `${BUCKET}/*/a`, `${BUCKET}/runs/a`, `${BUCKET}/watch/a.json`, `${BUCKET}/watch/(a)`,
  `${BUCKET}/watch/[a]`, 'arn:aws:s3:::*/a', 'arn:aws:s3:::evid*', 'arn:aws:s3:*', 'arn:aws:*:::evidence/runs/*', 'arn:*:s3:::evidence/watch/*',
  `${BUCKET}/*/\${aws:username}`, `${BUCKET}/runs/a:*`, 'arn:aws:kms:eu-central-1:111122223333:key/*', BUCKET,
];
const KEY_PATTERNS = [
  '*', `${KEY}/*`, `${KEY}/123?`, `${KEY}/1234`, `${KEY}/a`, `arn:aws:kms:*:${ACCOUNT}:key/1*`, 'arn:aws:kms:*:*:key/12.*',
  `arn:aws:kms:eu-*:${ACCOUNT}:*`,
];

/** Statements with each pattern alone, each pattern as an exception, and each pair of neighbours. */
const statements = (patterns: readonly string[]) => [
  ...patterns.flatMap((pattern) => [{ Resource: pattern }, { NotResource: pattern }]),
  ...patterns.map((pattern, index) => ({ Resource: [pattern, patterns[(index + 1) % patterns.length]] })),
];

describe('resources of one class', () => {
  test.each([
    ['s3:GetObject', OBJECTS, OBJECT_PATTERNS],
    ['kms:DescribeKey', KEYS, KEY_PATTERNS],
  ])('have the same decision about %s under every statement', async (action, resources, patterns) => {
    let shared = 0;
    for (const statement of statements(patterns)) {
      const known = [new ResourcePatterns(policy(action, statement))];
      const decisions = new Map<string, Map<string, string[]>>();
      for (const resource of resources) {
        const name = resourceClass(resource, known);
        const decision = await evaluated(resource, action, statement);
        const ofClass = decisions.get(name) ?? new Map<string, string[]>();
        if (ofClass.size > 0) shared += 1;
        decisions.set(name, ofClass.set(decision, [...ofClass.get(decision) ?? [], resource]));
      }
      const contradictory = [...decisions].filter(([, ofClass]) => ofClass.size > 1);
      expect(contradictory.map(([name, ofClass]) => ({ statement, name, decisions: [...ofClass] }))).toEqual([]);
    }
    expect(shared).toBeGreaterThan(100 * Number(action === 's3:GetObject'));
  });

  test('are objects with other names, but no objects of another bucket, of another folder that a policy names, or of no pattern', () => {
    const patterns = [new ResourcePatterns(policy('s3:GetObject', { Resource: [`${BUCKET}/runs/*`, `${BUCKET}/watch/*`] }))];
    const same = (one: string, other: string) => resourceClass(one, patterns) === resourceClass(other, patterns);
    expect(same(`${BUCKET}/runs/a`, `${BUCKET}/runs/b`)).toBe(true);
    expect(same(`${BUCKET}/runs/a`, `${BUCKET}/watch/a`)).toBe(false);
    expect(same(`${BUCKET}/runs/a`, 'arn:aws:s3:::other/runs/a')).toBe(false);
    expect(same(`${BUCKET}/runs/a`, `${BUCKET}/runs`)).toBe(false);
  });

  test('do not exist if a pattern has a variable, and patterns of other services do not count', () => {
    const same = (...Resource: string[]) => {
      const patterns = [new ResourcePatterns(policy('s3:GetObject', { Resource }))];
      return resourceClass(`${BUCKET}/runs/a`, patterns) === resourceClass(`${BUCKET}/runs/b`, patterns);
    };
    expect(same(`${BUCKET}/runs/*`, `${BUCKET}/runs/\${aws:username}`)).toBe(false);
    expect(same(`${BUCKET}/runs/*`, `arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:name:*`)).toBe(true);
  });
});

describe('a decision that was made before', () => {
  /** An evaluator that counts, and shares no decision with another. */
  function counting(): { readonly evaluator: Evaluator; count(): number } {
    let calls = 0;
    const { runSimulation } = loadEvaluator();
    return {
      evaluator: {
        runSimulation: (simulation, options) => {
          calls += 1;
          return runSimulation(simulation, options);
        },
      },
      count: () => calls,
    };
  }
  const iamWith = (resource: string) => {
    const iam = new LocalIam({ account: ACCOUNT, seed: 1 });
    iam.createUser('reader', [policy('s3:GetObject', { Resource: resource })]);
    return iam;
  };
  const request = (key: string) => ({ accessKey: 'reader', action: 's3:GetObject', resource: `${BUCKET}/${key}` });

  test('is made again for no other object of its class, and its message names the object of the request', async () => {
    const { evaluator, count } = counting();
    const { authorize } = new IdentityAuthorization(iamWith(`${BUCKET}/runs/*`), evaluator);
    expect(await authorize(request('runs/a'))).toBeUndefined();
    expect(await authorize(request('runs/b'))).toBeUndefined();
    expect(count()).toBe(1);
    expect(await authorize(request('watch/a'))).toContain(`on resource: ${BUCKET}/watch/a `);
    expect(await authorize(request('watch/b'))).toContain(`on resource: ${BUCKET}/watch/b `);
    expect(count()).toBe(2);
  });

  test('counts in another account with the same policies, and not for a policy that was changed', async () => {
    const { evaluator, count } = counting();
    const iam = iamWith(`${BUCKET}/runs/*`);
    expect(await new IdentityAuthorization(iam, evaluator).authorize(request('runs/a'))).toBeUndefined();
    expect(await new IdentityAuthorization(iamWith(`${BUCKET}/runs/*`), evaluator).authorize(request('runs/a'))).toBeUndefined();
    expect(count()).toBe(1);
    iam.createUser('reader', [policy('s3:GetObject', { Resource: `${BUCKET}/watch/*` })]);
    expect(await new IdentityAuthorization(iam, evaluator).authorize(request('runs/a'))).toContain('no identity-based policy allows');
  });
});
