import type { FamilyRoles } from '../../../src/contract/family/family-description';

export const ROLES: FamilyRoles = {
  control: 'arn:aws:iam::111122223333:role/service/orders-control',
  worker: 'arn:aws:iam::111122223333:role/orders-worker',
  retirement: 'arn:aws:iam::111122223333:role/service/orders-retirement',
};

export const G1 = '11111111-12ab-34cd-56ef-1234567890ab';
export const G2 = 'mrk-22222222abcd';
export const FOREIGN = '99999999-12ab-34cd-56ef-1234567890ab';

export function arnOf(keyId: string): string {
  return `arn:aws:kms:eu-central-1:111122223333:key/${keyId}`;
}

/**
 * A session of a role, as CloudTrail records it: its ARN lacks the path of the role, which the ARN of
 * the issuer contains.
 */
export function session(roleArn: string) {
  const name = roleArn.split('/').at(-1);
  return {
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLE:session',
    arn: `arn:aws:sts::111122223333:assumed-role/${name}/session`,
    accountId: '111122223333',
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: roleArn, accountId: '111122223333', userName: name },
      attributes: { mfaAuthenticated: 'false' },
    },
  };
}

const SHOP = session('arn:aws:iam::111122223333:role/shop');

/** A record with the fields that every record has. */
function record(eventName: string, changes: object): object {
  return {
    eventVersion: '1.11',
    userIdentity: SHOP,
    eventTime: '2026-01-10T09:30:00Z',
    eventSource: 'kms.amazonaws.com',
    eventName,
    awsRegion: 'eu-central-1',
    sourceIPAddress: '192.0.2.0',
    userAgent: 'aws-sdk-js/3',
    responseElements: null,
    requestID: 'b4a65126-30d5-4b28-98b9-9153da559963',
    eventID: 'e5a2f202-ba1a-467c-b4ba-f729d45ae521',
    readOnly: true,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    ...changes,
  };
}

function deniedByKeyPolicy(caller: string, action: string): string {
  const call = `${action} on resource: ${arnOf(G1)}`;
  return `User: ${caller} is not authorized to perform: ${call} with an explicit deny in a resource-based policy`;
}

const resource = (keyId: string) => ({ accountId: '111122223333', type: 'AWS::KMS::Key', ARN: arnOf(keyId) });

/** Decrypt of an old record after its generation was disabled. Its encryption context contains personal data. */
export function decryptOfDisabled(changes: object = {}): object {
  return record('Decrypt', {
    errorCode: 'DisabledException',
    errorMessage: `${arnOf(G1)} is disabled.`,
    requestParameters: { encryptionAlgorithm: 'SYMMETRIC_DEFAULT', encryptionContext: { tenant: 'jane.doe@example.com' } },
    resources: [resource(G1)],
    ...changes,
  });
}

/** A call that the fence denies: the record of a denied call has no parameters and no resources, only a message. */
export function deniedByFence(changes: object = {}): object {
  return record('GenerateDataKey', {
    errorCode: 'AccessDenied',
    errorMessage: deniedByKeyPolicy(SHOP.arn, 'kms:GenerateDataKey'),
    requestParameters: null,
    ...changes,
  });
}

/** The watch probe, denied by the fence. */
export function deniedProbe(changes: object = {}): object {
  const identity = session(ROLES.retirement);
  return record('Encrypt', {
    userIdentity: identity,
    errorCode: 'AccessDenied',
    errorMessage: deniedByKeyPolicy(identity.arn, 'kms:Encrypt'),
    requestParameters: null,
    ...changes,
  });
}

/** The watch probe, refused because the key is disabled: here CloudTrail records the parameters. */
export function probeOfDisabledKey(encryptionContext: object): object {
  return record('Encrypt', {
    userIdentity: session(ROLES.retirement),
    errorCode: 'DisabledException',
    errorMessage: `${arnOf(G1)} is disabled.`,
    requestParameters: { keyId: arnOf(G1), encryptionAlgorithm: 'SYMMETRIC_DEFAULT', encryptionContext },
    resources: [resource(G1)],
  });
}

/** A ReEncrypt, which names two keys. */
export function reEncrypt(changes: object = {}): object {
  return record('ReEncrypt', {
    errorCode: 'DisabledException',
    errorMessage: `${arnOf(G1)} is disabled.`,
    requestParameters: {
      sourceEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      sourceKeyId: arnOf(G1),
      destinationKeyId: 'alias/orders',
      destinationEncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    },
    resources: [resource(G1), resource(G2)],
    ...changes,
  });
}

export { record as aRecord };
