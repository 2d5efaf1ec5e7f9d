import { isPrimaryOrSingleRegion } from '../../model/keys/kms-key';
import { requireState } from '../../model/keys/states';
import { keyDoesNotExist, notPrimary, unsupported } from '../../protocol/errors';
import { keyArn } from '../../protocol/identifiers';
import { KEY_ID, REGION_NAME } from '../../protocol/members';
import { structure } from '../../protocol/shape';
import { operation } from '../call/operation';

/**
 * Makes a replica the primary key, and the primary key a replica. Both are Updating until they have exchanged roles;
 * they can be used during this time.
 */
export const updatePrimaryRegion = operation(structure({ KeyId: KEY_ID, PrimaryRegion: REGION_NAME }), async (request, call) => {
  const primary = call.keyById(request.KeyId);
  const { multiRegion } = primary;
  const place = { ...call.store.place, region: request.PrimaryRegion };
  const store = call.setting.stores.at(place);
  const replica = store.keys.get(primary.keyId);
  await call.authorize('UpdatePrimaryRegion', primary);
  if (replica !== undefined && replica !== primary) await call.authorize('UpdatePrimaryRegion', replica);
  requireState('UpdatePrimaryRegion', primary);
  if (multiRegion === undefined || !isPrimaryOrSingleRegion(primary)) throw notPrimary(primary.arn);
  if (replica === undefined) throw keyDoesNotExist(keyArn(place, primary.keyId));
  // The answer of AWS if nothing would change is unconfirmed.
  if (replica === primary) throw unsupported(`${primary.arn} is already the multi-region primary key.`);
  requireState('UpdatePrimaryRegion', replica);

  const until = call.now + call.setting.replicationMilliseconds;
  multiRegion.nextPrimary = { region: place.region, at: until };
  primary.transition = { state: 'Updating', until };
  replica.transition = { state: 'Updating', until };
  call.store.expectEffectAt(until);
  store.expectEffectAt(until);
  call.keyArns.push(replica.arn);
});
