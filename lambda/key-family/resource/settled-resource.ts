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
    create: (...request) => settled(() => kind.create(...request)),
    update: (...request) => settled(() => kind.update(...request)),
    delete: (...request) => settled(() => kind.delete(...request)),
    undoCreate: (...request) => settled(() => kind.undoCreate(...request)),
  };
}
