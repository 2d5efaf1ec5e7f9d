import fc from 'fast-check';
import {
  aRecord, arnOf, decryptOfDisabled, deniedByFence, deniedProbe, FOREIGN, G1, G2, probeOfDisabledKey, reEncrypt, ROLES, session,
} from './cloudtrail-events';
import { readCallRecord } from '../../../lambda/retirement/watch/call-record';
import { interpretUse } from '../../../lambda/retirement/watch/interpret-use';
import { probeContext } from '../../../lambda/retirement/watch/probe-context';

const FAMILY = {
  alias: 'alias/orders',
  scheduled: ['scheduled-key'],
  aliases: [
    { aliasName: 'alias/orders', keyId: G2 }, { aliasName: 'alias/orders/g1', keyId: G1 }, { aliasName: 'alias/orders/g2', keyId: G2 },
    // Another family, whose alias begins with the alias of this one.
    { aliasName: 'alias/orders/archive', keyId: FOREIGN },
  ],
};

function interpret(detail: object): [string, string][] {
  const call = readCallRecord(detail);
  if ('missing' in call) throw new Error(`missing ${call.missing}`);
  return interpretUse(call, FAMILY, ROLES).map(({ keyId, use }) => [keyId, use.kind]);
}

/** A denied call, whose record contains only a message. */
const denied = (message: string) => aRecord('Decrypt', { errorCode: 'AccessDenied', errorMessage: message, requestParameters: null });
const disabled = (keyId: string) => aRecord('Decrypt', {
  errorCode: 'DisabledException', requestParameters: { keyId }, resources: undefined,
});

describe('the watch records', () => {
  test.each<[string, object, [string, string][]]>([
    ['a Decrypt under a disabled generation', decryptOfDisabled(), [[G1, 'use']]],
    ['a call that the fence denies', deniedByFence(), [[G1, 'use']]],
    ['the watch probe that was denied', deniedProbe(), [[G1, 'watch-probe']]],
    ['the watch probe on a disabled key', probeOfDisabledKey(probeContext('alias/orders')), [[G1, 'watch-probe']]],
    ['a ReEncrypt for both of its generations', reEncrypt(), [[G1, 'use'], [G2, 'use']]],
    ['a call once, even if the record names the key several times', disabled(arnOf(G1)), [[G1, 'use']]],
    ['a call by key id', disabled(G1), [[G1, 'use']]],
    ['a call by the alias of a generation', disabled('alias/orders/g1'), [[G1, 'use']]],
    ['a call by the ARN of an alias', disabled('arn:aws-cn:kms:cn-north-1:111122223333:alias/orders/g1'), [[G1, 'use']]],
    ['a call by the alias of the family, for its current generation', disabled('alias/orders'), [[G2, 'use']]],
    ['a call on a key whose deletion is scheduled, and that no alias names', disabled(arnOf('scheduled-key')), [['scheduled-key', 'use']]],
    ['a caller in another account, whose ARN CloudTrail omits',
      decryptOfDisabled({ userIdentity: { type: 'AWSAccount', principalId: 'AIDAEXAMPLE', accountId: '444455556666' } }), [[G1, 'use']]],
    ['a call by an AWS service',
      decryptOfDisabled({ userIdentity: { type: 'AWSService', invokedBy: 'ebs.amazonaws.com' } }), [[G1, 'use']]],
    ['the probe of a rotation: the control role requests data keys for nothing else',
      decryptOfDisabled({ eventName: 'GenerateDataKeyWithoutPlaintext', userIdentity: session(ROLES.control) }), [[G1, 'watch-probe']]],
    ['a call by the break-glass role',
      decryptOfDisabled({ userIdentity: session('arn:aws:iam::111122223333:role/break-glass') }), [[G1, 'use']]],
  ])('%s', (_, detail, recorded) => expect(interpret(detail)).toEqual(recorded));
});

describe('the watch does not record', () => {
  test.each<[string, object]>([
    ['a call on another key', decryptOfDisabled({ errorMessage: 'no', resources: [{ ARN: arnOf(FOREIGN) }] })],
    ['a call by an alias of another family with the same prefix', disabled('alias/orders/archive')],
    ['a call without a key',
      denied('not authorized to perform this operation on this resource because the resource does not exist in this Region')],
    ['a call that only reads metadata', aRecord('GetKeyPolicy', { errorCode: 'AccessDenied', requestParameters: { keyId: G1 } })],
    ['a canary of the control role', aRecord('Encrypt', {
      errorCode: 'AccessDenied', requestParameters: { keyId: G1 }, userIdentity: session(ROLES.control),
    })],
    ['a call by the worker role', reEncrypt({ userIdentity: session(ROLES.worker) })],
    ['another call by the retirement role', decryptOfDisabled({ userIdentity: session(ROLES.retirement) })],
    ['the watch probe of another family', probeOfDisabledKey(probeContext('alias/invoices'))],
    ['a watch probe that succeeded: it proves that the fence is not in force, not that the watch works',
      deniedProbe({ errorCode: undefined, errorMessage: undefined, resources: [{ ARN: arnOf(G1) }] })],
  ])('%s', (_, detail) => expect(interpret(detail)).toEqual([]));
});

test('a recorded use contains time, operation, error and principal, but no encryption context', () => {
  const call = readCallRecord(decryptOfDisabled());
  if ('missing' in call) throw new Error(call.missing);
  expect(interpretUse(call, FAMILY, ROLES)[0]?.use).toEqual({
    schema: 1,
    kind: 'use',
    at: '2026-01-10T09:30:00.000Z',
    eventId: 'e5a2f202-ba1a-467c-b4ba-f729d45ae521',
    operation: 'Decrypt',
    errorCode: 'DisabledException',
    principal: 'arn:aws:sts::111122223333:assumed-role/shop/session',
    role: 'arn:aws:iam::111122223333:role/shop',
  });
});

test('a record without a required field is rejected with the name of the field', () => {
  for (const name of ['eventID', 'eventTime', 'eventName']) {
    expect(readCallRecord(decryptOfDisabled({ [name]: undefined }))).toEqual({ missing: name });
    expect(readCallRecord(decryptOfDisabled({ [name]: 17 }))).toEqual({ missing: name });
  }
  // The event id becomes part of an object key.
  expect(readCallRecord(decryptOfDisabled({ eventID: '../../certificates/x' }))).toEqual({ missing: 'eventID' });
  expect(readCallRecord(decryptOfDisabled({ eventTime: 'yesterday' }))).toEqual({ missing: 'eventTime' });
});

test('any value is read or rejected without an exception', () => {
  fc.assert(fc.property(fc.anything(), (detail) => {
    expect(readCallRecord(detail)).toHaveProperty('missing');
  }));
  const members = ['userIdentity', 'requestParameters', 'resources', 'errorMessage', 'errorCode'];
  fc.assert(fc.property(fc.constantFrom(...members), fc.anything(), (member, value) => {
    expect(Array.isArray(interpret(decryptOfDisabled({ [member]: value })))).toBe(true);
  }));
});
