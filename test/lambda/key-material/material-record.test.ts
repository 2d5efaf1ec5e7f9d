import { createHash } from 'node:crypto';
import { recordedOtherSecret, recordedTime, recordedVersion, recordVersion } from '../../../lambda/key-material/material-record';

const ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:';
const SECRET = `${ARN}orders/key-material-AbCdEf`;
const OTHER = `${ARN}invoices/key-material-AbCdEf`;
const VERSION = '3f0c8c9e-0000-4000-8000-000000000001';
/** What KMS accepts. Source: "ImportKeyMaterial", AWS KMS API reference. */
const DESCRIPTION = /^[a-zA-Z0-9:/_\s.-]{1,256}$/;

test('the description of key material names the version and the secret', () => {
  expect(recordVersion(VERSION, SECRET)).toBe(`secret-version:${VERSION} secret:${SECRET}`);
});

test('the description also names the time of the deployment, which earlier versions of this library ignore', () => {
  const description = recordVersion(VERSION, SECRET, new Date('2026-11-30T12:00:07Z'));
  expect(description).toBe(`secret-version:${VERSION} secret:${SECRET} at:2026-11-30T12:00:07.000Z`);
  expect(recordedTime(description)).toEqual(new Date('2026-11-30T12:00:07Z'));
});

test.each([undefined, '', 'secret-version:1', 'secret-version:1 secret:x', 'secret-version:1 secret:x at:noon', 'imported by at:2026-11-30T12:00:07Z'])(
  'the description %j names no time', (description) => {
    expect(recordedTime(description)).toBeUndefined();
  });

test.each([
  ['usual', SECRET],
  ['with characters that KMS refuses', `${ARN}team+a/key=1@x-AbCdEf`],
  ['of the maximum length', `${ARN}${'n'.repeat(512)}-AbCdEf`],
])('the ARN of a secret whose name is %s is recognised, and every other one is another secret', (_, secret) => {
  for (const [version, time] of [[VERSION], ['v'.repeat(64)], [VERSION, new Date(0)], ['v'.repeat(64), new Date(0)]] as const) {
    const description = recordVersion(version, secret, time);
    expect(recordedTime(description)).toEqual(time);
    expect(description).toMatch(DESCRIPTION);
    expect(recordedVersion(description)).toBe(version);
    expect(recordedOtherSecret(description, secret)).toBeUndefined();
    expect(recordedOtherSecret(description, OTHER)).toMatch(/./);
  }
});

test('another secret is named by its ARN, or by the digest of an ARN that KMS refuses', () => {
  expect(recordedOtherSecret(recordVersion(VERSION, SECRET), OTHER)).toBe(SECRET);
  const refused = `${ARN}a+b-AbCdEf`;
  expect(recordedOtherSecret(recordVersion(VERSION, refused), OTHER))
    .toBe(`secret-sha256:${createHash('sha256').update(refused).digest('hex')}`);
});

test('a secret that was deleted and created again under its name is another secret', () => {
  expect(recordedOtherSecret(recordVersion(VERSION, SECRET), SECRET.replace('AbCdEf', 'GhIjKl'))).toBe(SECRET);
});

test('a description of an earlier version of this library names the version, and counts as the declared secret', () => {
  expect(recordedVersion(`secret-version:${VERSION}`)).toBe(VERSION);
  expect(recordedOtherSecret(`secret-version:${VERSION}`, OTHER)).toBeUndefined();
});

test.each([undefined, '', 'imported by an operator secret:x'])('the description %j of another tool names nothing', (description) => {
  expect(recordedVersion(description)).toBeUndefined();
  expect(recordedOtherSecret(description, OTHER)).toBeUndefined();
});
