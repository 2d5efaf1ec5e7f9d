import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEvaluator } from '../../../../local/kms/authorization/evaluator';
import { readPolicyFile } from '../../../../local/kms/authorization/policies';
import { aLocalKms } from '../local-kms-bench';

const WORKER = 'arn:aws:iam::111122223333:role/worker';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'policies-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function aFile(content: string): string {
  const path = join(folder, 'policies.json');
  writeFileSync(path, content);
  return path;
}

test('a policy file lists principals and their permissions', async () => {
  const Statement = [{ Effect: 'Allow', Action: 'kms:CreateKey', Resource: '*' }];
  const policies = readPolicyFile(aFile(JSON.stringify({
    principals: { worker: WORKER }, identityPolicies: { [WORKER]: [{ Version: '2012-10-17', Statement }] },
  })));
  const { as } = await aLocalKms({ enforcePolicies: policies });
  await as('worker').createKey({});
  await expect(as('worker').listKeys({})).rejects.toThrow(`User: ${WORKER} is not authorized to perform: kms:ListKeys`);
});

test('all members are optional', () => {
  expect(readPolicyFile(aFile('{}'))).toEqual({});
});

describe('a policy file is refused, with the cause and its position, if', () => {
  test.each([
    ['it is no JSON', '{', 'policies.json: is not a JSON file that can be read'],
    ['it is a list', '[]', 'policies.json: must be an object, got []; allowed: a JSON object'],
    [
      'a member is unknown',
      '{"identities":{}}',
      'policies.json: has an unknown member, got identities; allowed: principals, identityPolicies, uniqueIds',
    ],
    ['principals are a list', '{"principals":[]}', 'policies.json principals: must be an object, got []'],
    [
      'a principal is a session',
      '{"principals":{"worker":"arn:aws:sts::111122223333:assumed-role/worker/session"}}',
      'policies.json principals worker: is not a principal that can call KMS, got "arn:aws:sts::111122223333:assumed-role/worker/session"',
    ],
    [
      'a principal is not text',
      '{"principals":{"worker":7}}',
      'policies.json principals worker: is not a principal that can call KMS, got 7',
    ],
    [
      'an identity is not a principal',
      '{"identityPolicies":{"worker":[]}}',
      'policies.json identityPolicies: is not a principal that can call KMS, got "worker"',
    ],
    [
      'policies are not listed',
      `{"identityPolicies":{"${WORKER}":{}}}`,
      `policies.json identityPolicies ${WORKER}: must be a list, got object`,
    ],
    [
      'a policy is text',
      `{"identityPolicies":{"${WORKER}":["all"]}}`,
      `policies.json identityPolicies ${WORKER} 1: must be an object, got "all"`,
    ],
    ['a unique id belongs to no principal', '{"uniqueIds":{"worker":"AROAWORKER"}}', 'policies.json uniqueIds: is not a principal'],
    [
      'a unique id is a name',
      `{"uniqueIds":{"${WORKER}":"worker"}}`,
      `policies.json uniqueIds ${WORKER}: is not the unique id of a role or user, got "worker"; allowed: AROA or AIDA and capital letters`,
    ],
  ])('%s', (_, content, message) => {
    expect(() => readPolicyFile(aFile(content))).toThrow(message);
  });

  test('it does not exist', () => {
    expect(() => readPolicyFile(join(folder, 'missing.json'))).toThrow(/missing\.json: is not a JSON file that can be read, got ENOENT/);
  });
});

test('the same policies are refused when they are passed without a file', async () => {
  await expect(aLocalKms({ principals: { worker: 'worker' } })).rejects.toThrow(
    'principals worker: is not a principal that can call KMS, got "worker"',
  );
  await expect(aLocalKms({ enforcePolicies: { principals: { worker: 'worker' } } })).rejects.toThrow(
    'policies principals worker: is not a principal',
  );
});

test('the error of a missing evaluator shows how to install it', () => {
  expect(() => loadEvaluator([folder])).toThrow(
    'policy enforcement: @cloud-copilot/iam-simulate, which evaluates policies, is not installed; ' +
      'npm install --save-dev @cloud-copilot/iam-simulate',
  );
});
