import type { Grant } from '../../model/grants/grant';
import type { KmsKey } from '../../model/keys/kms-key';
import { invalidGrantId } from '../../protocol/errors';
import { text } from '../../protocol/shape';

export const GRANT_ID = text({ min: 1, max: 128 });

/**
 * The grant of this id on this key. AWS documents this exception for grant ids; that it returns it for a well-formed id
 * is unconfirmed.
 */
export function grantOn(key: KmsKey, grantId: string): Grant {
  const grant = key.grants.get(grantId);
  if (grant === undefined) throw invalidGrantId();
  return grant;
}
