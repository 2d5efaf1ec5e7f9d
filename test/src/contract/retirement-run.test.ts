import fc from 'fast-check';
import { retirementRun, throughStateMachine } from './arbitraries';
import { decodeControlRequest, decodeRetirementRequest } from './request-decoders';
import { STEP_SCHEMA, type ControlRequest, type RetirementRequest } from '../../../src/contract/runs/function-steps';
import type { RetirementInput } from '../../../src/contract/runs/retirement-run';
import { aFamilyDescription } from '../../support/world/a-family-description';

test('a run is the same after the state machine and the retirement function', () => {
  fc.assert(fc.property(retirementRun(), (run) => {
    const request: RetirementRequest = { schema: STEP_SCHEMA, step: 'certify', family: aFamilyDescription(), run };
    expect(decodeRetirementRequest(throughStateMachine(request))).toEqual(request);
  }));
});

test('a run is the same after the state machine and the control function', () => {
  fc.assert(fc.property(retirementRun(), (run) => {
    const request: ControlRequest = { schema: STEP_SCHEMA, step: 'open-gate', family: aFamilyDescription(), run };
    expect(decodeControlRequest(throughStateMachine(request))).toEqual(request);
  }));
});

test('an input is passed unchanged to the function, which decodes it', () => {
  const retirementInput: fc.Arbitrary<RetirementInput> = fc.record(
    { generation: fc.nat(), cancelDeletion: fc.boolean() },
    { requiredKeys: ['generation'] },
  );
  fc.assert(fc.property(retirementInput, (input) => {
    const request: RetirementRequest = {
      schema: STEP_SCHEMA, step: 'decide', family: aFamilyDescription(), execution: 'arn', startedAt: '2026-11-23T05:00:00Z', input,
    };
    expect(decodeRetirementRequest(throughStateMachine(request))).toEqual(request);
  }));
});
