import type { Place } from '../../protocol/identifiers';

/** The policy of a key that is created without one: the account decides by IAM. */
export function defaultPolicy(place: Place): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'key-default-1',
    Statement: [{
      Sid: 'Enable IAM User Permissions',
      Effect: 'Allow',
      Principal: { AWS: `arn:${place.partition}:iam::${place.account}:root` },
      Action: 'kms:*',
      Resource: '*',
    }],
  });
}
