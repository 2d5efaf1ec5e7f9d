import { Duration } from 'aws-cdk-lib';
import { MaterialExpiration } from '../../../src/index';

test('no expiration, at a fixed time, and after a period from each import', () => {
  expect(MaterialExpiration.never()._requested()).toEqual({ kind: 'never' });
  expect(MaterialExpiration.at(new Date('2027-03-01T00:00:00Z'))._requested()).toEqual({ kind: 'at', at: '2027-03-01T00:00:00.000Z' });
  expect(MaterialExpiration.after(Duration.hours(36))._requested()).toEqual({ kind: 'after', seconds: 129600 });
});

test.each([[1], [365]])('%i days are allowed', (days) => {
  expect(() => MaterialExpiration.after(Duration.days(days))).not.toThrow();
});

test.each([[Duration.hours(23), '23 hours'], [Duration.days(366), '366 days']])('%s is refused', (period, given) => {
  expect(() => MaterialExpiration.after(period)).toThrow(
    `MaterialExpiration.after: period is out of range, got ${given}; allowed: 1 day to 365 days; use MaterialExpiration.never() for key material that does not expire`,
  );
});

test('an invalid date is refused', () => {
  expect(() => MaterialExpiration.at(new Date('soon'))).toThrow(/^MaterialExpiration\.at: date is not valid; pass a date such as /);
});
