import fc from 'fast-check';
import {
  familyDescription,
  generationArns,
  passMode,
  retirementRun,
  rotationRun,
  storeDescription,
  text,
  throughStateMachine,
  time,
} from './arbitraries';
import { decodeControlRequest, decodeRetirementRequest, decodeWorkerRequest } from './request-decoders';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import {
  STEP_SCHEMA, type ControlRequest, type ControlStep, type GateStep, type RetirementRequest, type RetirementStep, type WorkerRequest,
} from '../../../src/contract/runs/function-steps';

type Request = ControlRequest | WorkerRequest | RetirementRequest;

/** The members of a request besides its schema and step, and those without which the function still accepts it. */
interface Members {
  readonly members: { readonly [member: string]: fc.Arbitrary<unknown> };
  readonly optional?: readonly string[];
}

const OF_ROTATION: Members = { members: { family: familyDescription(), machine: text(), run: rotationRun() } };
const OF_GATE: Members = { members: { family: familyDescription(), run: retirementRun() } };
const OF_RETIREMENT = OF_GATE;

const CONTROL_STEPS: { readonly [step in ControlStep]: Members } = {
  'create-generation': OF_ROTATION,
  'restore-generation': OF_ROTATION,
  'pre-flight': OF_ROTATION,
  'prove-watch': OF_ROTATION,
  'move-alias': OF_ROTATION,
  'check-consumers': OF_ROTATION,
  'lift-fence': OF_ROTATION,
  'move-alias-back': OF_ROTATION,
  'fence': OF_ROTATION,
  'probe-fence': OF_ROTATION,
  'begin-pass': OF_ROTATION,
  'begin-census': OF_ROTATION,
  'conclude-census': OF_ROTATION,
  'conclude-rotation': OF_ROTATION,
};
const GATE_STEPS: { readonly [step in GateStep]: Members } = { 'open-gate': OF_GATE, 'close-gate': OF_GATE };
const RETIREMENT_STEPS: { readonly [step in RetirementStep]: Members } = {
  'begin-count': OF_RETIREMENT,
  'conclude-count': OF_RETIREMENT,
  'certify': OF_RETIREMENT,
  'begin-soak': OF_RETIREMENT,
  'probe-watch': OF_RETIREMENT,
  'schedule-deletion': OF_RETIREMENT,
  'record-recount': OF_RETIREMENT,
  'start-over': OF_RETIREMENT,
  'cancel-deletion': OF_RETIREMENT,
  'end-retirement': OF_RETIREMENT,
};

const CONTROL: { readonly [step in ControlRequest['step']]: Members } = {
  ...CONTROL_STEPS,
  ...GATE_STEPS,
  reconcile: { members: { family: familyDescription(), machines: fc.record({ rotation: text(), retirement: text() }) } },
  plan: {
    members: { family: familyDescription(), execution: text(), startedAt: time(), machine: text(), input: fc.jsonValue() },
    optional: ['input'],
  },
};
const WORKER: { readonly [step in WorkerRequest['step']]: Members } = {
  'pre-flight': { members: { family: text(), stores: fc.array(storeDescription()), generations: generationArns() } },
  'daily-pre-flight': { members: { family: text(), stores: fc.array(storeDescription()) } },
  'work-on-shard': {
    members: {
      family: text(),
      stores: fc.array(storeDescription()),
      run: text(),
      pass: fc.nat(),
      mode: passMode(),
      generations: generationArns(),
      storeId: text(),
      shard: fc.nat(),
      sequence: fc.nat(),
    },
  },
};
const RETIREMENT: { readonly [step in RetirementRequest['step']]: Members } = {
  ...RETIREMENT_STEPS,
  'decide': {
    members: { family: familyDescription(), execution: text(), startedAt: time(), input: fc.jsonValue() }, optional: ['input'],
  },
  'record-use': {
    members: { alias: text(), roles: fc.record({ control: text(), worker: text(), retirement: text() }), detail: fc.jsonValue() },
    optional: ['detail'],
  },
};

const FUNCTIONS: readonly [string, (event: unknown) => Request, { readonly [step: string]: Members }][] = [
  ['control', decodeControlRequest, CONTROL],
  ['worker', decodeWorkerRequest, WORKER],
  ['retirement', decodeRetirementRequest, RETIREMENT],
];

describe.each(FUNCTIONS)('%s function', (_, decode, steps) => {
  const request = (step: string, { members }: Members) =>
    fc.record({ schema: fc.constant(STEP_SCHEMA), step: fc.constant(step), ...members });

  test.each(Object.entries(steps))('%s: a request is the same after the state machine and decoding', (step, members) => {
    fc.assert(fc.property(request(step, members), (sent) => {
      expect(decode(throughStateMachine(sent))).toEqual(throughStateMachine(sent));
    }), { numRuns: 20 });
  });

  test.each(Object.entries(steps))('%s: the error names a missing member', (step, members) => {
    const [sent] = fc.sample(request(step, members), { numRuns: 1, seed: 1 });
    const required = Object.keys(members.members).filter((member) => members.optional?.includes(member) !== true);
    expect(required).not.toEqual([]);
    for (const member of required) {
      const { [member]: _removed, ...others } = throughStateMachine(sent) as { [member: string]: unknown };
      expect(() => decode(others)).toThrow(
        expect.objectContaining({ name: ErrorName.INVALID_REQUEST, message: expect.stringContaining(` ${member}`) }),
      );
    }
  });

  test.each(Object.entries(steps))('%s: a request of another schema is refused', (step, members) => {
    const [sent] = fc.sample(request(step, members), { numRuns: 1, seed: 1 });
    expect(() => decode({ ...sent, schema: STEP_SCHEMA + 1 })).toThrow(expect.objectContaining({
      name: ErrorName.INVALID_REQUEST, message: expect.stringMatching(`schema version: .* allowed: ${STEP_SCHEMA};`),
    }));
  });

  test('an unknown step is refused, and the error lists every known step', () => {
    const error = errorOf(() => decode({ schema: STEP_SCHEMA, step: 'dance' }));
    expect(error).toMatchObject({ name: ErrorName.INVALID_REQUEST });
    expect(Object.keys(steps).filter((step) => !(error as Failure).message.includes(step))).toEqual([]);
  });

  test('any other JSON value is refused with an error that names the problem', () => {
    fc.assert(fc.property(fc.jsonValue(), (event) => {
      const error = errorOf(() => decode(event));
      expect(error).toBeInstanceOf(Failure);
      expect((error as Failure).problem).toMatchObject({
        where: expect.stringMatching(/./),
        what: expect.stringMatching(/./),
        remedy: expect.stringMatching(/./),
      });
    }));
    expect(errorOf(() => decode(undefined))).toBeInstanceOf(Failure);
  });
});

function errorOf(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    return error;
  }
}
