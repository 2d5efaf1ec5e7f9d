import fc from 'fast-check';
import { nextDue, parseDailyCron, type LocalSchedule } from '../../../local/account/local-schedules';

const DAY = 24 * 3_600_000;
const at = (minute: number): LocalSchedule => ({ minute, functionArn: 'arn:function', input: {} });

test('a schedule is a minute of every day', () => {
  expect(parseDailyCron('cron(0 3 * * ? *)')).toBe(180);
  expect(parseDailyCron('cron(59 23 * * ? *)')).toBe(1439);
});

test.each(['rate(1 day)', 'cron(0 3 * * MON *)', 'cron(0/5 3 * * ? *)', 'cron(60 3 * * ? *)', 'cron(0 24 * * ? *)', ''])(
  'any other expression is an error: %s', (expression) => {
    expect(() => parseDailyCron(expression)).toThrow('schedule expression is not supported');
  },
);

test('the next invocation is within a day, at the minute of the schedule, and after the current time', () => {
  const times = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(fc.property(fc.integer({ min: 0, max: 1439 }), times, (minute, now) => {
    const due = nextDue(at(minute), now);
    expect(due.getTime() % DAY).toBe(minute * 60_000);
    expect(due.getTime() - now.getTime()).toBeGreaterThan(0);
    expect(due.getTime() - now.getTime()).toBeLessThanOrEqual(DAY);
  }));
});
