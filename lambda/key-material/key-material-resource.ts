import { importKeyMaterial, type ImportedMaterial, type ImportPorts } from './import-key-material';
import { decodeImport, type ImportAttribute } from '../../src/contract/requests/import-request';
import type { CustomResourceKind, ManagedResource, ResourceProperties } from '../runtime/custom-resource';

/** What `Custom::KmsKeyMaterial` does when CloudFormation asks. */
export function keyMaterialResource(ports: ImportPorts): CustomResourceKind {
  const bring = async (properties: ResourceProperties) => describe(await importKeyMaterial(decodeImport(properties), ports));
  return {
    create: bring,
    update: async ({ properties }) => bring(properties),
    // Deleting the resource never touches the material: without it, nothing under the key could be read any more.
    delete: async ({ physicalResourceId }) => ports.log.info('material-left-in-place', { physicalResourceId }),
  };
}

/** The name is constant over the life of the key: another one would make CloudFormation believe in a replacement. */
function describe(material: ImportedMaterial): ManagedResource {
  const attributes: { readonly [attribute in ImportAttribute]: string } = {
    KeyArn: material.keyArn,
    KeyId: material.keyId,
    KeyMaterialId: material.keyMaterialId,
    SecretVersionId: material.secretVersionId ?? 'unknown',
    ValidTo: material.validTo?.toISOString() ?? 'never',
  };
  return { physicalResourceId: `${material.keyId}/material`, attributes };
}
