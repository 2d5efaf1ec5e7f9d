import { importKeyMaterial, type ImportedMaterial, type ImportPorts } from './import-key-material';
import { decodeImport, type ImportAttribute } from '../../src/contract/requests/import-request';
import type { CustomResourceKind, ManagedResource, ResourceProperties } from '../runtime/custom-resource';
import type { DeploymentEvent } from '../runtime/deployment-event';

/** The custom resource `Custom::KmsKeyMaterial`. */
export function keyMaterialResource(ports: ImportPorts): CustomResourceKind {
  const importMaterial = async (properties: ResourceProperties, event: DeploymentEvent) =>
    describe(await importKeyMaterial({ ...decodeImport(properties), sentAt: event.sentAt }, ports));
  return {
    create: importMaterial,
    update: async ({ properties }, event) => importMaterial(properties, event),
    // A Delete never removes key material: without it, no ciphertext of the key could be decrypted.
    delete: async ({ physicalResourceId }) => ports.log.info('material-left-in-place', { physicalResourceId }),
  };
}

/** The physical id is constant for the life of the key: to CloudFormation another id would be a replacement. */
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
