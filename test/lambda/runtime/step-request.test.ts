import fc from 'fast-check';
import { CONTROL_STEPS } from '../../../lambda/control/control-function';
import { WORKER_STEPS } from '../../../lambda/reencrypt/worker-function';
import { RETIREMENT_STEPS } from '../../../lambda/retirement/function/retirement-function';
import { nonEmptyString } from '../../../lambda/runtime/decode-value';
import { decodeStepRequest, type StepTable } from '../../../lambda/runtime/step-request';
import { STEP_SCHEMA, type StepRequest } from '../../../src/contract/runs/function-steps';
import { aFamilyDescription } from '../../support/world/a-family-description';

/** A valid value of a member, the values that are accepted, and the allowed values as an error names them. */
interface Member {
  readonly valid: unknown;
  readonly accepts: (value: unknown) => boolean;
  readonly allowed: string;
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
/** For an object whose own members are decoded too: only the valid one is accepted. */
const none = () => false;

const isFilled = (value: unknown) => typeof value === 'string' && value !== '';
const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;

const STRING: Member = { valid: 'any string', accepts: isFilled, allowed: 'a string that is not empty' };
const NUMBER: Member = { valid: 3, accepts: isCount, allowed: 'a whole number, 0 or greater' };
const OBJECT: Member = { valid: { any: 'member' }, accepts: isObject, allowed: 'an object' };
const INSTANT: Member = {
  valid: '2026-11-23T05:00:00.000Z',
  accepts: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  allowed: 'a time such as 2027-03-01T00:00:00.000Z',
};
/** The step itself decodes this member. */
const ANYTHING: Member = { valid: { any: 'value' }, accepts: () => true, allowed: '' };

const MACHINES = { rotation: 'arn:1', retirement: 'arn:2' };
const GENERATIONS = { current: 'arn:2', all: ['arn:1', 'arn:2'] };
const STORE = { kind: 'dynamodb-table', storeId: 'orders', shards: 4 };
const FAMILY: Member = { valid: aFamilyDescription(), accepts: none, allowed: 'an object' };
/** A run of both machines. */
const RUN: Member = {
  valid: {
    run: 'by-hand@2026-11-23',
    kind: 'rotate',
    toGeneration: 2,
    from: [{ generation: 1, keyArn: 'arn:1' }],
    others: [],
    watchSeconds: 300,
    nextCheckSeconds: 60,
    shards: [{ storeId: 'orders', shard: 0 }],
    generation: { generation: 1, keyArn: 'arn:1' },
    action: { kind: 'disable' },
  },
  accepts: none,
  allowed: 'an object',
};
const MODES = ['re-encrypt', 're-encrypt-every-blob', 'census', 'dry-run'];

/** Every function, with its steps and all members of its requests. */
const FUNCTIONS: [string, object, { readonly [member: string]: Member }][] = [
  ['control function', CONTROL_STEPS, {
    family: FAMILY,
    machine: STRING,
    run: RUN,
    execution: STRING,
    startedAt: INSTANT,
    input: ANYTHING,
    machines: { valid: MACHINES, accepts: none, allowed: 'an object' },
  }],
  ['retirement function', RETIREMENT_STEPS, {
    family: FAMILY, run: RUN, execution: STRING, startedAt: INSTANT, input: ANYTHING, alias: STRING, roles: OBJECT, detail: ANYTHING,
  }],
  ['worker function', WORKER_STEPS, {
    family: STRING,
    run: STRING,
    pass: NUMBER,
    storeId: STRING,
    shard: NUMBER,
    sequence: NUMBER,
    mode: { valid: 'census', accepts: (value) => MODES.includes(value as string), allowed: MODES.join(', ') },
    generations: { valid: GENERATIONS, accepts: none, allowed: 'an object' },
    stores: { valid: [STORE], accepts: (value) => Array.isArray(value) && value.length === 0, allowed: 'an array' },
  }],
];

const REMEDY = 'deploy the whole stack with one version of this library, then start the run again; do not invoke its functions directly';

type Table = StepTable<StepRequest, unknown>;

/** The decoded request, or the error. */
function decode(name: string, table: object, event: unknown): unknown {
  try {
    return decodeStepRequest(name, table as Table, event);
  } catch (error) {
    return error;
  }
}

/** An error with where, what is wrong, given, allowed and remedy, in this order. */
const refusal = (where: string, what: string, given: string, allowed: string) => expect.objectContaining({
  name: 'InvalidRequest', message: `${where}: value is ${what}, got ${given}; allowed: ${allowed}; ${REMEDY}`,
});

describe.each(FUNCTIONS)('a request to the %s', (name, table, members) => {
  const steps = Object.keys(table);
  const membersOf = (step: string) => Object.keys((table as Table)[step]?.members ?? {});
  const valid = (step: string) => ({
    schema: STEP_SCHEMA, step, ...Object.fromEntries(membersOf(step).map((member) => [member, members[member]?.valid])),
  });
  const places = steps.flatMap((step) => membersOf(step).map((member) => ({ step, member })));

  test('that is valid is accepted unchanged', () => {
    for (const step of steps) expect(decode(name, table, valid(step))).toEqual(valid(step));
  });

  test('keeps members that are unknown', () => {
    fc.assert(fc.property(fc.constantFrom(...steps), fc.jsonValue(), (step, addedLater) => {
      expect(decode(name, table, { ...valid(step), addedLater })).toEqual({ ...valid(step), addedLater });
    }));
  });

  test.each<[unknown, string, string]>([
    [undefined, 'missing', 'nothing'],
    [null, 'missing', 'null'],
    ['plan', 'not valid', 'a string'],
    ['', 'not valid', 'an empty string'],
    [7, 'not valid', '7'],
    [true, 'not valid', 'true'],
    [[], 'not valid', 'an array'],
  ])('that is %j, and not an object, is refused', (event, what, given) => {
    expect(decode(name, table, event)).toEqual(refusal(`${name}, request`, what, given, 'an object'));
  });

  test.each<[unknown, string, string]>([
    [undefined, 'missing', 'nothing'],
    [null, 'missing', 'null'],
    [STEP_SCHEMA + 1, 'unknown', '2'],
    ['1', 'unknown', 'a string'],
    [{}, 'unknown', 'an object'],
  ])('with the schema version %j is refused, whatever else is wrong', (schema, what, given) => {
    for (const step of [...steps, 'unknown-step', null]) {
      expect(decode(name, table, { schema, step })).toEqual(refusal(`${name}, schema version`, what, given, String(STEP_SCHEMA)));
    }
  });

  test.each<[unknown, string, string]>([
    [undefined, 'missing', 'nothing'],
    [null, 'missing', 'null'],
    ['', 'unknown', 'an empty string'],
    [{}, 'unknown', 'an object'],
    ['delete-everything', 'unknown', 'delete-everything'],
    ['constructor', 'unknown', 'constructor'],
    ['a-very-long-name-of-a-step-that-does-not-exist', 'unknown', 'a-very-long-name-of-a-step-that-does-not'],
  ])('for the step %j is refused with the names of all steps, whatever else is wrong', (step, what, given) => {
    expect(decode(name, table, { schema: STEP_SCHEMA, step })).toEqual(refusal(`${name}, step`, what, given, steps.join(', ')));
  });

  test.each<[unknown, string, string]>([
    [undefined, 'missing', 'nothing'],
    [null, 'missing', 'null'],
    ['', 'not valid', 'an empty string'],
    [-1, 'not valid', '-1'],
    [0.5, 'not valid', '0.5'],
    [false, 'not valid', 'false'],
    [['key material'], 'not valid', 'an array'],
  ])('with a member that is %j is refused, if the member does not allow it', (value, what, given) => {
    for (const { step, member } of places) {
      const { accepts, allowed } = members[member] as Member;
      if (accepts(value) || (Array.isArray(value) && allowed === 'an array')) continue;
      const where = `${name}, step ${step}, member ${member}`;
      const kind = member === 'mode' && what === 'not valid' ? 'unknown' : what;
      expect(decode(name, table, { ...valid(step), [member]: value })).toEqual(refusal(where, kind, given, allowed));
    }
  });

  test('is accepted or refused by the value of each member, and the error names the member', () => {
    fc.assert(fc.property(fc.constantFrom(...places), fc.jsonValue(), ({ step, member }, value) => {
      const event = { ...valid(step), [member]: value };
      const outcome = decode(name, table, event);
      if (members[member]?.accepts(value)) expect(outcome).toEqual(event);
      else expect(outcome).toEqual(expect.objectContaining({ message: expect.stringMatching(`^${name}, step ${step}, member ${member}`) }));
    }));
  });

  test('that is not valid is always refused with an error for the operator', () => {
    fc.assert(fc.property(fc.anything(), (event) => {
      expect(decode(name, table, event)).toMatchObject({ name: 'InvalidRequest', message: expect.stringContaining(REMEDY) });
    }));
  });
});

describe('members of members', () => {
  const preflight = (change: object) => ({
    schema: STEP_SCHEMA, step: 'pre-flight', family: 'alias/orders', stores: [STORE], generations: GENERATIONS, ...change,
  });

  test.each<[string, object, string, string, string]>([
    ['generations.current', { generations: { ...GENERATIONS, current: null } }, 'missing', 'null', STRING.allowed],
    ['generations.all', { generations: { current: 'arn:2' } }, 'missing', 'nothing', 'an array'],
    ['generations.all[1]', { generations: { ...GENERATIONS, all: ['arn:1', 2] } }, 'not valid', '2', STRING.allowed],
    ['generations.counted', { generations: { ...GENERATIONS, counted: 'all' } }, 'not valid', 'a string', 'an array'],
    ['stores[0]', { stores: [null] }, 'missing', 'null', 'an object'],
    ['stores[1].kind', { stores: [STORE, { ...STORE, kind: '' }] }, 'not valid', 'an empty string', STRING.allowed],
    ['stores[0].storeId', { stores: [{ ...STORE, storeId: undefined }] }, 'missing', 'nothing', STRING.allowed],
    ['stores[0].shards', { stores: [{ ...STORE, shards: -1 }] }, 'not valid', '-1', NUMBER.allowed],
  ])('%s of a request to the worker function is named in its error', (place, change, what, given, allowed) => {
    const where = `worker function, step pre-flight, member ${place}`;
    expect(decode('worker function', WORKER_STEPS, preflight(change))).toEqual(refusal(where, what, given, allowed));
  });

  test('machines of a reconcile run are two ARNs', () => {
    const event = { schema: STEP_SCHEMA, step: 'reconcile', family: { alias: 'alias/orders' }, machines: { rotation: 'arn:1' } };
    const where = 'control function, step reconcile, member machines.retirement';
    expect(decode('control function', CONTROL_STEPS, event)).toEqual(refusal(where, 'missing', 'nothing', STRING.allowed));
  });

  test('an optional member that is null is absent', () => {
    const request = decode('worker function', WORKER_STEPS, preflight({ generations: { ...GENERATIONS, counted: null } }));
    expect(request).toEqual(preflight({ generations: { ...GENERATIONS, counted: undefined } }));
    expect(request).not.toHaveProperty('generations.counted', null);
  });

  test('a store of any kind is accepted, and members of its kind are not decoded: the store is opened by the rules of its kind', () => {
    const tape = { kind: 'tape', storeId: 'archive', shards: 1, reel: 7 };
    expect(decode('worker function', WORKER_STEPS, preflight({ stores: [tape] }))).toEqual(preflight({ stores: [tape] }));
  });
});

test('a table without a row for each step, or without a decoder for each member, does not compile', () => {
  type Request = StepRequest<'one' | 'two'> & { readonly run: string };
  const perform = async () => ({});
  // @ts-expect-error: there is no row for the step two
  const incomplete: StepTable<Request, unknown> = { one: { members: { run: nonEmptyString }, perform } };
  // @ts-expect-error: there is no decoder for the member run
  const undecoded: StepTable<Request, unknown>['two'] = { members: {}, perform };
  expect([incomplete, undecoded]).toHaveLength(2);
});
