import fc from 'fast-check';
import { LocalSchedules, parseDailyCron, type LocalSchedule } from '../../../local/account/local-schedules';

const DAY = 24 * 3_600_000;
const at = (minute: number): LocalSchedule => ({ minute, roleArn: 'role', functionArn: 'arn:function', input: {} });

test('a schedule is a minute of every day', () => {
  expect(parseDailyCron('cron(0 3 * * ? *)')).toBe(180);
  expect(parseDailyCron('cron(59 23 * * ? *)')).toBe(1439);
});

test.each(['rate(1 day)', 'cron(0 3 * * MON *)', 'cron(0/5 3 * * ? *)', 'cron(60 3 * * ? *)', 'cron(0 24 * * ? *)', ''])(
  'any other expression is an error: %s', (expression) => {
    expect(() => parseDailyCron(expression)).toThrow('schedule expression is not supported');
  },
);

test('a schedule is due once a day, at its minute, and never twice', () => {
  const times = fc.integer({ min: 0, max: 4e12 });
  const manyWaits = fc.array(fc.integer({ min: 0, max: 3 * DAY }));
  fc.assert(fc.property(fc.integer({ min: 0, max: 1439 }), times, manyWaits, (minute, start, waits) => {
    const schedules = new LocalSchedules();
    schedules.set('daily', at(minute));
    const due: number[] = [];
    let now = start;
    for (const wait of waits) {
      const end = now + wait;
      for (let next = schedules.dueUntil(end, new Date(now)); next !== undefined; next = schedules.dueUntil(end, new Date(now))) {
        due.push(next.at);
        now = next.at;
      }
      now = end;
    }
    const first = Math.ceil((start - minute * 60_000) / DAY);
    const last = Math.floor((now - minute * 60_000) / DAY);
    expect(due).toEqual(Array.from({ length: last - first + 1 }, (_, day) => (first + day) * DAY + minute * 60_000));
  }));
});

test('two schedules of the same minute are both due', () => {
  const schedules = new LocalSchedules();
  schedules.set('one', at(180));
  schedules.set('other', at(180));
  const due = [1, 2, 3].map(() => schedules.dueUntil(DAY - 1, new Date(0))?.name);
  expect(due).toEqual(['one', 'other', undefined]);
});

test('times at which the clock did not stop, or the schedule did not exist, are not made up for', () => {
  const schedules = new LocalSchedules();
  expect(schedules.dueUntil(DAY, new Date(0))).toBeUndefined();
  schedules.set('daily', at(180));
  expect(schedules.dueUntil(3 * DAY, new Date(2 * DAY))).toEqual({ name: 'daily', at: 2 * DAY + 180 * 60_000 });
  schedules.remove('daily');
  expect(schedules.find('daily')).toBeUndefined();
});
