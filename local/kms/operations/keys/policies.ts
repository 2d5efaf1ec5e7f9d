import { notFound, unsupported } from '../../protocol/errors';
import type { Place } from '../../protocol/identifiers';
import { listInOrder, page } from '../../protocol/pages';
import { checkPolicy } from '../../model/keys/policy-document';
import { requireNoLockout } from './policy-lockout';
import { operation } from '../call/operation';
import { afterChange } from '../../model/time/former-values';
import { KEY_ID, LIMIT, MARKER } from '../../protocol/members';
import { flag, optional, structure, text } from '../../protocol/shape';

export const POLICY = text({ min: 1, max: 131072, pattern: /[\u0009\u000A\u000D\u0020-\u00FF]+/ });
const POLICY_NAME = text({ min: 1, max: 128, pattern: /[\w]+/ });

/** What a key gets that is created without a policy: the account decides by IAM. */
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

const PUT_KEY_POLICY = structure({
  KeyId: KEY_ID,
  PolicyName: optional(POLICY_NAME),
  Policy: POLICY,
  BypassPolicyLockoutSafetyCheck: optional(flag),
});

export const putKeyPolicy = operation(PUT_KEY_POLICY, async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('PutKeyPolicy', key);
  if ((request.PolicyName ?? 'default') !== 'default') throw unsupported('The only key policy name is default.');
  checkPolicy(request.Policy);
  await requireNoLockout(call, key, request.Policy, request.BypassPolicyLockoutSafetyCheck);
  const { policyMilliseconds } = call.setting.propagation.delays;
  key.formerPolicies = afterChange(key.policy, key.formerPolicies ?? [], call.now, policyMilliseconds);
  key.policy = request.Policy;
});

export const getKeyPolicy = operation(structure({ KeyId: KEY_ID, PolicyName: optional(POLICY_NAME) }), async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('GetKeyPolicy', key);
  if ((request.PolicyName ?? 'default') !== 'default') throw notFound('No such policy exists');
  return { Policy: key.policy, PolicyName: 'default' };
});

export const listKeyPolicies = operation(
  structure({ KeyId: KEY_ID, Limit: optional(LIMIT), Marker: optional(MARKER) }),
  async (request, call) => {
    const key = call.keyById(request.KeyId);
    await call.admit('ListKeyPolicies', key);
    const { entries, ...end } = page('ListKeyPolicies', listInOrder(['default']), request, { standard: 100, most: 1000 });
    return { PolicyNames: entries, ...end };
  },
);
