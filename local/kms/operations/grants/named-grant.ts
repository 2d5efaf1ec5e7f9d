import type { Grant } from '../../model/grants/grant';
import type { KmsKey } from '../../model/keys/kms-key';
import { invalidGrantId } from '../../protocol/errors';
import { text } from '../../protocol/shape';

export const GRANT_ID = text({ min: 1, max: 128 });

/** The grant of this id on this key. AWS has this exception for ids; that it answers it for a well-formed one, too, is not confirmed. */
export function grantOn(key: KmsKey, grantId: string): Grant {
  const grant = key.grants.get(grantId);
  if (grant === undefined) throw invalidGrantId();
  return grant;
}
