import type { KeyFamilyPort } from '../../ports/key-family';
import type { CustomResourceKind } from '../../runtime/custom-resource';

/** Answers CloudFormation when every later read shows what was written: the next request can follow at once. */
export function settledResource(kind: Required<CustomResourceKind>, kms: KeyFamilyPort): Required<CustomResourceKind> {
  const settled = async <T>(perform: () => Promise<T>): Promise<T> => {
    try {
      return await perform();
    } finally {
      await kms.settle();
    }
  };
  return {
    create: (properties) => settled(() => kind.create(properties)),
    update: (resource) => settled(() => kind.update(resource)),
    delete: (resource) => settled(() => kind.delete(resource)),
    undoCreate: (properties) => settled(() => kind.undoCreate(properties)),
  };
}
