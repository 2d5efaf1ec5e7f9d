import { CONTROL_STEPS } from '../../../lambda/control/control-function';
import { decodeRotatingKey } from '../../../lambda/key-family/resource/rotating-key-request';
import { familyDescription, retirementRun, rotationRun } from '../../../lambda/runtime/decode-family';
import { decodeStepRequest } from '../../../lambda/runtime/step-request';
import { STEP_SCHEMA } from '../../../src/contract/runs/function-steps';
import { aFamilyDescription } from '../../support/world/a-family-description';

const REMEDY = 'deploy the whole stack with one version of this library, then start the run again; do not invoke its functions directly';

const SECRET = {
  kind: 'secret', secretArn: 'arn:secret', encoding: 'binary', wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048',
};
const COMPLETE = {
  ...aFamilyDescription({ rotateEverySeconds: 86_400, tags: { team: '' } }),
  material: SECRET,
  roles: { control: 'arn:control', worker: 'arn:worker', retirement: 'arn:retirement', breakGlass: 'arn:glass' },
  stores: [{ kind: 'dynamodb-table', storeId: 'orders', shards: 4, addedLater: true }],
  deletion: { observationDays: 1, soakDays: 0, backupRetentionDays: 35, pendingWindowDays: 30, onUse: 'hold' },
  addedLater: { any: 'value' },
};
const RUN = {
  run: 'r',
  kind: 'rotate',
  toGeneration: 2,
  from: [{ generation: 1, keyArn: 'arn:1' }],
  others: [],
  watchSeconds: 1,
  nextCheckSeconds: 1,
  shards: [{ storeId: 'orders', shard: 0 }],
  generation: { generation: 1, keyArn: 'arn:1' },
  action: { kind: 'disable' },
};

/** A copy in which the member at this path has another value. `undefined` removes it. */
function changed(object: object, path: string, value: unknown): object {
  const copy = structuredClone(object) as { [member: string]: unknown };
  const names = path.split('.');
  const last = names.pop() as string;
  const parent = names.reduce((each, name) => each[name] as typeof copy, copy);
  parent[last] = value;
  return copy;
}

const NAMED = 'a string that is not empty';
const NUMBER = 'a whole number, 0 or greater';

/** Path of a member, the path in the error, what it allows, and whether it is optional. */
const MEMBERS: [path: string, allowed: string, isOptional?: true][] = [
  ['schema', '1'],
  ...['alias', 'owner', 'policyDocument', 'roles.control', 'roles.worker', 'roles.retirement', 'material.secretArn',
    'material.wrappingAlgorithm', 'material.wrappingKeySpec', 'stores.0.kind', 'stores.0.storeId'].map((path): [string, string] => [path, NAMED]),
  ['roles.breakGlass', NAMED, true],
  ['description', 'a string'],
  ['tags.team', 'a string'],
  ...['roles', 'material', 'tags', 'stores.0'].map((path): [string, string] => [path, 'an object']),
  ['stores', 'an array'],
  ['deletion', 'an object', true],
  ...['propagationDelaySeconds', 'firstRotationWatchSeconds', 'dataKeyMaxAgeSeconds', 'maxPasses', 'stores.0.shards',
    'deletion.observationDays', 'deletion.soakDays', 'deletion.backupRetentionDays', 'deletion.pendingWindowDays'].map((path): [string, string] => [path, NUMBER]),
  ['rotateEverySeconds', NUMBER, true],
  ['paused', 'true or false'],
  ['material.kind', 'aws-kms, secret'],
  ['material.encoding', 'binary, base64, hex'],
  ['onConsumerFailure', 'roll-back, roll-back-if-watched, continue'],
  ['deletion.onUse', 'start-over, hold'],
];

describe('a description of a family', () => {
  test('that is complete is returned as it is, with members that are unknown', () => {
    expect(familyDescription(COMPLETE, 'here')).toBe(COMPLETE);
  });

  test.each(MEMBERS.map(([path, allowed, isOptional = false]) => [path, allowed, isOptional] as const))('with a malformed %s is refused with its name and what is allowed', (path, allowed, isOptional) => {
    const where = `here.${path.replace(/\.(\d)/, '[$1]')}`;
    // A number is no text, and a number below 0 is no count.
    const refused = (value: unknown) => () => familyDescription(changed(COMPLETE, path, value), 'here');
    expect(refused(-1)).toThrow(`${where}: value is ${/, |^1$/.test(allowed) && allowed !== NUMBER ? 'unknown' : 'not valid'}, got -1; `
      + `allowed: ${allowed}; ${REMEDY}`);
    if (isOptional) expect(refused(undefined)).not.toThrow();
    else expect(refused(undefined)).toThrow(`${where}: value is missing, got nothing; allowed: ${allowed}; ${REMEDY}`);
  });
});

test.each([
  ...['run', 'kind', 'toGeneration', 'from', 'others', 'watchSeconds', 'nextCheckSeconds', 'shards', 'from.0.keyArn', 'shards.0.shard']
    .map((path) => [path, rotationRun] as const),
  ...['run', 'generation', 'generation.keyArn', 'action', 'shards', 'shards.0.storeId'].map((path) => [path, retirementRun] as const),
])('a run without %s is refused by name', (path, decode) => {
  expect(decode(RUN, 'here')).toBe(RUN);
  expect(() => decode(changed(RUN, path, undefined), 'here')).toThrow(`here.${path.replace(/\.(\d)/, '[$1]')}: value is missing`);
});

describe('the member is named, before any call, in', () => {
  const malformed = changed(COMPLETE, 'roles.control', 7);

  test('the request of Custom::RotatingKey', () => {
    expect(() => decodeRotatingKey({ Family: JSON.stringify(malformed) })).toThrow(
      `property Family of Custom::RotatingKey.roles.control: value is not valid, got 7; allowed: ${NAMED}; ${REMEDY}`,
    );
  });

  test('the request of a step', () => {
    const event = { schema: STEP_SCHEMA, step: 'move-alias', family: malformed, machine: 'arn:1', run: RUN };
    expect(() => decodeStepRequest('control function', CONTROL_STEPS, event)).toThrow(
      `control function, step move-alias, member family.roles.control: value is not valid, got 7; allowed: ${NAMED}; ${REMEDY}`,
    );
  });
});
