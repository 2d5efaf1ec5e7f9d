import fc from 'fast-check';
import { evidencePrefix } from '../../../src/contract/evidence/evidence';
import { executionOf, isOlderThanRun, runId, startOf } from '../../../src/contract/runs/run-id';

const EXECUTION = 'arn:aws:states:eu-central-1:111122223333:execution:Shop-Rotation:by@hand';
const moments = fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

test('a run id contains its execution and the time at which it started', () => {
  fc.assert(fc.property(moments, (moment) => {
    const run = runId(EXECUTION, moment.toISOString());
    expect([executionOf(run), startOf(run)?.getTime()]).toEqual([EXECUTION, moment.getTime()]);
  }));
});

test('two executions of the same name have different run ids and different evidence', () => {
  fc.assert(fc.property(moments, moments, (one, other) => {
    fc.pre(one.getTime() !== other.getTime());
    const runs = [one, other].map((moment) => runId(EXECUTION, moment.toISOString()));
    expect(new Set(runs.map((run) => evidencePrefix({ run, pass: 1 }))).size).toBe(2);
  }));
});

test('the run id of the longest names is a valid value of a tag', () => {
  const longest = `arn:aws-us-gov:states:us-gov-west-1:111122223333:execution:${'m'.repeat(80)}:${'n'.repeat(80)}`;
  expect(runId(longest, '2026-11-23T05:00:00.000Z')).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u);
});

test('evidence of the time before a run is older than it, and evidence of its time is not', () => {
  const run = runId(EXECUTION, '2026-11-23T05:00:00.000Z');
  const isOlder = (startedAt: string) => isOlderThanRun(run, { startedAt });
  expect(['2026-08-23T05:00:00.000Z', '2026-11-23T04:58:59.999Z', 'no time'].map(isOlder)).toEqual([true, true, true]);
  expect(['2026-11-23T04:59:30.000Z', '2026-11-23T05:00:00.000Z', '2026-11-24T05:00:00.000Z'].map(isOlder)).toEqual([false, false, false]);
});

test('a run of an earlier version, whose id is the ARN only, has no known start', () => {
  expect([executionOf(EXECUTION), startOf(EXECUTION), isOlderThanRun(EXECUTION, { startedAt: '2020-01-01T00:00:00Z' })])
    .toEqual([EXECUTION, undefined, false]);
});
