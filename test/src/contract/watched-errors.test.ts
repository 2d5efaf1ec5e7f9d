import * as kms from '@aws-sdk/client-kms';
import fc from 'fast-check';
import { parseEventPattern } from '../../../local/events/event-pattern';
import { WATCHED_ERROR_CODES } from '../../../src/contract/family/watched-calls';

/** Errors that every AWS service can return: they are not part of the KMS model. CloudTrail uses both spellings. */
const COMMON_ERRORS = ['AccessDenied', 'AccessDeniedException'];

/** Every error of the KMS API. */
const KMS_ERRORS = Object.keys(kms).filter((name) => name.endsWith('Exception') && name !== 'KMSServiceException');

test('every watched error code is an error of the KMS API or of every AWS service', () => {
  expect(KMS_ERRORS.length).toBeGreaterThan(30);
  expect(WATCHED_ERROR_CODES.filter((code) => !KMS_ERRORS.includes(code) && !COMMON_ERRORS.includes(code))).toEqual([]);
});

test('error codes are distinct', () => {
  expect(new Set(WATCHED_ERROR_CODES).size).toBe(WATCHED_ERROR_CODES.length);
});

test.each([...COMMON_ERRORS, 'DisabledException', 'IncorrectKeyException', 'KMSInvalidStateException'])('%s is watched', (code) => {
  expect(WATCHED_ERROR_CODES).toContain(code);
});

test.each(['NotFoundException', 'ThrottlingException', 'InvalidCiphertextException', 'KMSInternalException'])(
  '%s is not watched: it does not mean that a generation is needed',
  (code) => {
    expect(WATCHED_ERROR_CODES).not.toContain(code);
  },
);

test('an event pattern of the codes matches exactly the failed calls with one of them', () => {
  const matches = parseEventPattern({ detail: { errorCode: [...WATCHED_ERROR_CODES] } });
  fc.assert(fc.property(fc.oneof(fc.constantFrom(...KMS_ERRORS, ...COMMON_ERRORS), fc.string()), (errorCode) => {
    expect(matches({ detail: { eventName: 'Decrypt', errorCode } })).toBe(WATCHED_ERROR_CODES.includes(errorCode));
  }));
  expect(matches({ detail: { eventName: 'Decrypt' } })).toBe(false);
});
