import fc from 'fast-check';
import { rotationRun, throughStateMachine } from './arbitraries';
import { decodeControlRequest } from './request-decoders';
import { decodeRotationInput } from '../../../lambda/rotation/decide/rotation-input';
import { ErrorName } from '../../../src/contract/error-names';
import { Failure } from '../../../src/contract/failure';
import { STEP_SCHEMA, type ControlRequest } from '../../../src/contract/runs/function-steps';
import type { RotationInput } from '../../../src/contract/runs/rotation-run';
import { aFamilyDescription } from '../../support/world/a-family-description';

test('a run is the same after the state machine and the control function', () => {
  fc.assert(fc.property(rotationRun(), (run) => {
    const request: ControlRequest = { schema: STEP_SCHEMA, step: 'fence', family: aFamilyDescription(), machine: 'arn', run };
    expect(decodeControlRequest(throughStateMachine(request))).toEqual(request);
  }));
});

const rotationInput = (): fc.Arbitrary<RotationInput> => fc.oneof(
  fc.constant({}), fc.record({ toGeneration: fc.maxSafeNat() }), fc.record({ rollBackTo: fc.maxSafeNat() }),
);

test('an input is the same after JSON and decoding', () => {
  fc.assert(fc.property(rotationInput(), (input) => {
    expect(decodeRotationInput('alias/orders', throughStateMachine(input))).toEqual(input);
  }));
});

test('an input with both generations is refused', () => {
  fc.assert(fc.property(fc.record({ toGeneration: fc.maxSafeNat(), rollBackTo: fc.maxSafeNat() }), (input) => {
    expect(() => decodeRotationInput('alias/orders', input)).toThrow(expect.objectContaining({ name: ErrorName.INVALID_REQUEST }));
  }));
});

test('every other JSON value is refused, with the family and the allowed inputs', () => {
  const isInput = (value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
  fc.assert(fc.property(fc.jsonValue().filter((value) => !isInput(value)), (value) => {
    const refuse = () => decodeRotationInput('alias/orders', value);
    expect(refuse).toThrow(Failure);
    expect(refuse).toThrow(/^rotation of alias\/orders: [^]+; allowed: \{\}, \{ "toGeneration": 4 \} or \{ "rollBackTo": 2 \}; ./);
  }));
});
