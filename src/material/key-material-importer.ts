import type { Construct } from 'constructs';
import { KEY_MATERIAL_RESOURCE_TYPE } from '../contract/requests/import-request';
import { CustomResourceFunction } from '../custom-resource/custom-resource-function';
import { type DeploymentFunctionOptions } from '../custom-resource/deployment-function-options';

/**
 * Function behind `Custom::KmsKeyMaterial` in this stack, for all its keys with imported key material.
 *
 * Each source of key material allows it to read the source, and each key policy allows it to import.
 */
export function keyMaterialImporter(scope: Construct, options?: DeploymentFunctionOptions): CustomResourceFunction {
  return CustomResourceFunction.getOrCreate(scope, 'KmsKeyMaterialImporter', {
    resourceType: KEY_MATERIAL_RESOURCE_TYPE,
    handler: 'key-material',
    purpose: 'Imports key material into KMS keys during deployments',
    options,
  });
}
