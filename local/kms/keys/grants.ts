import { page } from './pages';
import { operation } from '../operations/operation';
import { KEY_ID, LIMIT, MARKER } from '../shape/members';
import { optional, structure, text } from '../shape/shape';

const LIST_GRANTS = structure({
  KeyId: KEY_ID,
  Limit: optional(LIMIT),
  Marker: optional(MARKER),
  GrantId: optional(text({ min: 1, max: 128 })),
  GranteePrincipal: optional(text({ min: 1, max: 256 })),
});

/** Always empty: this KMS cannot make a grant yet, and says so when asked to. */
export const listGrants = operation(LIST_GRANTS, async (request, call) => {
  const key = call.keyById(request.KeyId);
  await call.admit('ListGrants', key);
  const { entries, ...end } = page('ListGrants', [], request, { standard: 50, most: 100 });
  return { Grants: entries, ...end };
});
