import { checkNewPolicy } from './named-principals';
import { requireNoLockout } from './policy-lockout';
import { afterChange } from '../../model/time/former-values';
import { notFound, unsupported, validation } from '../../protocol/errors';
import { KEY_ID, LIMIT, MARKER } from '../../protocol/members';
import { listInOrder, page } from '../../protocol/pages';
import { flag, optional, structure, text } from '../../protocol/shape';
import { operation } from '../call/operation';

export const POLICY = text({ min: 1, max: 131072, pattern: /[\u0009\u000A\u000D\u0020-\u00FF]+/ });
const POLICY_NAME = text({ min: 1, max: 128, pattern: /[\w]+/ });

/** The policy of a key that is shared through AWS RAM. No key is shared here, so that no key has one. */
const RAM_POLICY = 'AWS_RAM';

const PUT_KEY_POLICY = structure({
  KeyId: KEY_ID,
  PolicyName: optional(POLICY_NAME),
  Policy: POLICY,
  BypassPolicyLockoutSafetyCheck: optional(flag),
});

export const putKeyPolicy = operation(PUT_KEY_POLICY, async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('PutKeyPolicy', key);
  if (request.PolicyName === RAM_POLICY) throw validation('The AWS_RAM policy can only be managed by the RAM service.');
  if ((request.PolicyName ?? 'default') !== 'default') throw unsupported('The only key policy name is default.');
  checkNewPolicy(request.Policy, call);
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
    const { entries, ...end } = page('ListKeyPolicies', listInOrder(['default']), request, { default: 100, max: 1000 });
    return { PolicyNames: entries, ...end };
  },
);
