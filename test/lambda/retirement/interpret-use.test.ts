import fc from 'fast-check';
import {
  aRecord, arnOf, decryptOfDisabled, deniedByFence, echoDenied, echoOfDisabled, G1, G2, reEncrypt, ROLES, session, STRANGER,
} from './cloudtrail-events';
import { readCallRecord } from '../../../lambda/retirement/watch/call-record';
import { echoContext } from '../../../lambda/retirement/watch/echo-context';
import { interpretUse } from '../../../lambda/retirement/watch/interpret-use';

const FAMILY = {
  alias: 'alias/orders',
  aliases: [
    { aliasName: 'alias/orders', keyId: G2 }, { aliasName: 'alias/orders/g1', keyId: G1 }, { aliasName: 'alias/orders/g2', keyId: G2 },
    // Another family, below this one's name.
    { aliasName: 'alias/orders/archive', keyId: STRANGER },
  ],
};

function interpret(detail: object): [string, string][] {
  const call = readCallRecord(detail);
  if ('lacks' in call) throw new Error(`lacks ${call.lacks}`);
  return interpretUse(call, FAMILY, ROLES).map(({ keyId, use }) => [keyId, use.kind]);
}

/** A denied call by its message alone. */
const denied = (message: string) => aRecord('Decrypt', { errorCode: 'AccessDenied', errorMessage: message, requestParameters: null });
const disabled = (keyId: string) => aRecord('Decrypt', { errorCode: 'DisabledException', requestParameters: { keyId }, resources: undefined });

describe('it is noted', () => {
  test.each<[string, object, [string, string][]]>([
    ['that somebody decrypts under a disabled generation', decryptOfDisabled(), [[G1, 'use']]],
    ['that somebody runs into the fence', deniedByFence(), [[G1, 'use']]],
    ['that our own echo was denied', echoDenied(), [[G1, 'echo']]],
    ['that our own echo met a disabled key', echoOfDisabled(echoContext('alias/orders')), [[G1, 'echo']]],
    ['under both generations that a ReEncrypt is about', reEncrypt(), [[G1, 'use'], [G2, 'use']]],
    ['once, however often the record names the key', disabled(arnOf(G1)), [[G1, 'use']]],
    ['by key id', disabled(G1), [[G1, 'use']]],
    ['by the alias of the generation', disabled('alias/orders/g1'), [[G1, 'use']]],
    ['by the ARN of an alias', disabled('arn:aws-cn:kms:cn-north-1:111122223333:alias/orders/g1'), [[G1, 'use']]],
    ['by the alias of the family, under its current generation', disabled('alias/orders'), [[G2, 'use']]],
    ['of a caller in another account, of whom CloudTrail says little',
      decryptOfDisabled({ userIdentity: { type: 'AWSAccount', principalId: 'AIDAEXAMPLE', accountId: '444455556666' } }), [[G1, 'use']]],
    ['of an AWS service', decryptOfDisabled({ userIdentity: { type: 'AWSService', invokedBy: 'ebs.amazonaws.com' } }), [[G1, 'use']]],
    ['that a person breaks the glass', decryptOfDisabled({ userIdentity: session('arn:aws:iam::111122223333:role/break-glass') }), [[G1, 'use']]],
  ])('%s', (_, detail, noted) => expect(interpret(detail)).toEqual(noted));
});

describe('it is not noted', () => {
  test.each<[string, object]>([
    ['what is about another key', decryptOfDisabled({ errorMessage: 'no', resources: [{ ARN: arnOf(STRANGER) }] })],
    ['what is about an alias that only begins like ours', disabled('alias/orders/archive')],
    ['what names no key', denied('not authorized to perform this operation on this resource because the resource does not exist in this Region')],
    ['that somebody looks at a key', aRecord('GetKeyPolicy', { errorCode: 'AccessDenied', requestParameters: { keyId: G1 } })],
    ['what the control role does', decryptOfDisabled({ userIdentity: session(ROLES.control) })],
    ['what the worker does', reEncrypt({ userIdentity: session(ROLES.worker) })],
    ['what else the retirement role does', decryptOfDisabled({ userIdentity: session(ROLES.retirement) })],
    ['the echo of another family', echoOfDisabled(echoContext('alias/invoices'))],
    ['an echo that was answered: that proves a broken fence, not the watch', echoDenied({ errorCode: undefined, errorMessage: undefined, resources: [{ ARN: arnOf(G1) }] })],
  ])('%s', (_, detail) => expect(interpret(detail)).toEqual([]));
});

test('what is noted holds when, how and who, and no payload', () => {
  const call = readCallRecord(decryptOfDisabled());
  if ('lacks' in call) throw new Error(call.lacks);
  expect(interpretUse(call, FAMILY, ROLES)[0]?.use).toEqual({
    schema: 1,
    kind: 'use',
    at: '2026-01-10T09:30:00.000Z',
    eventId: 'e5a2f202-ba1a-467c-b4ba-f729d45ae521',
    operation: 'Decrypt',
    errorCode: 'DisabledException',
    principal: 'arn:aws:sts::111122223333:assumed-role/shop/session',
  });
});

test('a record that lacks what is needed is named by what it lacks', () => {
  for (const name of ['eventID', 'eventTime', 'eventName']) {
    expect(readCallRecord(decryptOfDisabled({ [name]: undefined }))).toEqual({ lacks: name });
    expect(readCallRecord(decryptOfDisabled({ [name]: 17 }))).toEqual({ lacks: name });
  }
  // It becomes part of an object's key.
  expect(readCallRecord(decryptOfDisabled({ eventID: '../../certificates/x' }))).toEqual({ lacks: 'eventID' });
  expect(readCallRecord(decryptOfDisabled({ eventTime: 'yesterday' }))).toEqual({ lacks: 'eventTime' });
});

test('whatever comes instead of a record, it is read or refused, never stumbled over', () => {
  fc.assert(fc.property(fc.anything(), (detail) => {
    expect(readCallRecord(detail)).toHaveProperty('lacks');
  }));
  const members = ['userIdentity', 'requestParameters', 'resources', 'errorMessage', 'errorCode'];
  fc.assert(fc.property(fc.constantFrom(...members), fc.anything(), (member, value) => {
    expect(Array.isArray(interpret(decryptOfDisabled({ [member]: value })))).toBe(true);
  }));
});
