import type { IConstruct } from 'constructs';
import { describeProblem } from '../contract/problem';

/** The members of `kms.IKey` that the AWS CDK reads from the key of a resource. */
const MEMBERS_OF_A_KEY = ['keyArn', 'keyId', 'keyRef', 'addAlias', 'addToResourcePolicy'];

/**
 * Refuses to be the key of a resource.
 *
 * TypeScript does not compile that. In plain JavaScript, and with a cast, the ARN would be undefined, and the AWS CDK
 * would create a resource that is encrypted under the AWS managed key, without an error.
 *
 * @param what why it has no key id
 */
export function refuseToBeAKey(construct: IConstruct, what: string, remedy: string): void {
  for (const member of MEMBERS_OF_A_KEY) {
    Object.defineProperty(construct, member, {
      enumerable: false,
      get: () => {
        throw new Error(describeProblem({ where: construct.node.path, what, given: `a use of ${member}`, remedy }));
      },
    });
  }
}
