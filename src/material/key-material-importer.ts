import type { Construct } from 'constructs';
import { KEY_MATERIAL_RESOURCE_TYPE } from '../contract/requests/import-request';
import { CustomResourceFunction } from '../custom-resource/custom-resource-function';

/**
 * The function behind `Custom::KmsKeyMaterial` in this stack, for all its imported keys.
 *
 * Sources of key material let it read them; the policy of each key lets it import there.
 */
export function keyMaterialImporter(scope: Construct): CustomResourceFunction {
  return CustomResourceFunction.getOrCreate(scope, 'KmsKeyMaterialImporter', {
    resourceType: KEY_MATERIAL_RESOURCE_TYPE,
    handler: 'key-material',
    purpose: 'Brings key material into KMS keys while they are deployed',
  });
}
