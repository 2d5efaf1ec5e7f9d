import { FAMILY_SCHEMA, type FamilyDescription } from '../../../src/contract/family/family-description';
import { ROTATING_KEY_RESOURCE_TYPE, type RotatingKeyRequest } from '../../../src/contract/family/rotating-key-resource';
import { PropertyDecoder } from '../../../src/contract/requests/property-decoder';
import type { ResourceProperties } from '../../runtime/custom-resource';
import { familyDescription } from '../../runtime/decode-family';

/** Decodes the request of `Custom::RotatingKey`. Errors never quote it, because a policy may be confidential. */
export function decodeRotatingKey(properties: ResourceProperties): RotatingKeyRequest {
  const decoder = new PropertyDecoder(ROTATING_KEY_RESOURCE_TYPE, 'RotatingKey', properties);
  return {
    family: familyDescription(
      decoder.json<FamilyDescription>('Family', FAMILY_SCHEMA), `property Family of ${ROTATING_KEY_RESOURCE_TYPE}`,
    ),
    ...(decoder.has('StartFromKeyArn') ? { startFromKeyArn: decoder.text('StartFromKeyArn') } : {}),
    ...(decoder.has('PrincipalsToDrop') ? { principalsToDrop: decoder.texts('PrincipalsToDrop') } : {}),
    ...(decoder.has('ReleasedBy') ? { releasedBy: decoder.text('ReleasedBy') } : {}),
    ...(decoder.has('AdoptFrom') ? { adoptFrom: decoder.text('AdoptFrom') } : {}),
  };
}
