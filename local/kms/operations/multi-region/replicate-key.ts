import { defaultPolicy } from '../../model/keys/default-policy';
import { isPrimaryOrSingleRegion, type KmsKey } from '../../model/keys/kms-key';
import { regionsOf } from '../../model/keys/related-keys';
import { requireState } from '../../model/keys/states';
import { partitionOf } from '../../protocol/caller';
import { notPrimary, replicaExists, validation } from '../../protocol/errors';
import { keyArn, type Place } from '../../protocol/identifiers';
import { KEY_ID, REGION_NAME } from '../../protocol/members';
import { flag, list, optional, structure, text } from '../../protocol/shape';
import { operation } from '../call/operation';
import { keyMetadata } from '../keys/key-metadata';
import { checkNewPolicy } from '../keys/named-principals';
import { POLICY } from '../keys/policies';
import { requireNoLockout } from '../keys/policy-lockout';
import { checkNewTags, TAG } from '../keys/tags';

const REPLICATE_KEY = structure({
  KeyId: KEY_ID,
  ReplicaRegion: REGION_NAME,
  Policy: optional(POLICY),
  BypassPolicyLockoutSafetyCheck: optional(flag),
  Description: optional(text({ max: 8192 })),
  Tags: optional(list(TAG)),
});

/**
 * Creates a replica: a key with the same id in another Region.
 *
 * Description, policy, tags, aliases and state are the replica's own. Key material of KMS is shared; imported key
 * material must be imported into the replica again.
 */
export const replicateKey = operation(REPLICATE_KEY, async (request, call) => {
  const primary = call.keyById(request.KeyId);
  if (request.Policy !== undefined) checkNewPolicy(request.Policy, call);
  checkNewTags(request.Tags ?? [], []);
  await call.authorize('ReplicateKey', primary);
  await call.authorize('CreateKey');
  if (request.Tags !== undefined && request.Tags.length > 0) await call.authorize('TagResource');
  const { multiRegion } = primary;
  requireState('ReplicateKey', primary);
  if (multiRegion === undefined || !isPrimaryOrSingleRegion(primary)) throw notPrimary(primary.arn);
  const place = { ...call.store.place, region: request.ReplicaRegion };
  requireSamePartition(place);
  const arn = keyArn(place, primary.keyId);
  if (regionsOf(multiRegion).includes(place.region)) throw replicaExists(arn);

  const { keyId, account, origin, keySpec, keyUsage, materials } = primary;
  const readyAt = call.now + call.setting.replicationMilliseconds;
  const replica: KmsKey = {
    keyId,
    arn,
    account,
    region: place.region,
    createdAt: call.now,
    origin,
    keySpec,
    keyUsage,
    materials: origin === 'EXTERNAL' ? materials.ofReplica() : materials,
    multiRegion,
    description: request.Description ?? '',
    policy: request.Policy ?? defaultPolicy(place),
    tags: request.Tags ?? [],
    disabled: false,
    grants: new Map(),
    transition: { state: 'Creating', until: readyAt },
  };
  if (request.Policy !== undefined) await requireNoLockout(call, replica, request.Policy, request.BypassPolicyLockoutSafetyCheck);
  multiRegion.replicaRegions = [...multiRegion.replicaRegions, place.region];
  const store = call.setting.stores.at(place);
  store.keys.set(keyId, replica);
  store.expectEffectAt(readyAt);
  call.keyArns.push(arn);
  const tags = replica.tags.length === 0 ? {} : { ReplicaTags: replica.tags };
  return { ReplicaKeyMetadata: keyMetadata(replica), ReplicaPolicy: replica.policy, ...tags };
});

/** The error name and message of AWS are unconfirmed. */
function requireSamePartition({ region, partition }: Place): void {
  if (partitionOf(region) !== partition) throw validation(`ReplicaRegion ${region} is not a Region of partition ${partition}.`);
}
