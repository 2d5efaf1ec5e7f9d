import type { GrantRequest } from '../../src/contract/requests/grant-request';

/** A grant, as ListGrants returns it. Without its principals: KMS may list them by internal ids. */
export interface ListedGrant {
  readonly grantId: string;
  readonly operations: readonly string[];
  /** Absent if KMS does not return it. */
  readonly createdAt?: Date;
}

/** Creates, revokes and retires grants. It cannot use a key. */
export interface GrantPort {
  /**
   * Returns the id of the grant: of the existing one, if it has the same name and the same terms.
   *
   * An unknown principal is a `KEY_NOT_READY` failure: KMS may know a new role a few seconds later.
   */
  createGrant(request: GrantRequest): Promise<{ grantId: string }>;
  /** Lists the grants with that name on the key. Empty if the key is deleted. */
  grantsByName(keyArn: string, name: string): Promise<ListedGrant[]>;
  /** Revokes a grant with kms:RevokeGrant. A deleted grant or key counts as success. */
  revokeGrant(keyArn: string, grantId: string): Promise<'ended' | 'access-denied'>;
  /**
   * Retires a grant as its retiring principal, which the grant itself allows. A deleted grant or key counts as success.
   */
  retireGrant(keyArn: string, grantId: string): Promise<void>;
}
