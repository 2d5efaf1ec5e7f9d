import type { EncryptionContext } from '../../protocol/encryption-context';

/** What a grant can let its grantee do, in AWS's order. */
export const GRANT_OPERATIONS = [
  'Decrypt', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo', 'Sign', 'Verify', 'GetPublicKey',
  'CreateGrant', 'RetireGrant', 'DescribeKey', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext', 'GenerateMac', 'VerifyMac',
  'DeriveSharedSecret', 'Encapsulate', 'Decapsulate',
] as const;
export type GrantOperation = (typeof GRANT_OPERATIONS)[number];

/** Narrows what a grant allows. The members are named as on the wire, since they go there unchanged. */
export interface GrantConstraints {
  /** The encryption context of the request must be exactly this one. */
  readonly EncryptionContextEquals?: EncryptionContext;
  /** The encryption context of the request must contain these pairs. */
  readonly EncryptionContextSubset?: EncryptionContext;
  /** The request must be made on behalf of this AWS resource. */
  readonly SourceArn?: string;
}

/** What the creator of a grant decided. Two grants of one name and the same terms are one grant. */
export interface GrantTerms {
  readonly name?: string;
  /** Either this or the service is present. */
  readonly granteePrincipal?: string;
  readonly granteeServicePrincipal?: string;
  readonly retiringPrincipal?: string;
  readonly retiringServicePrincipal?: string;
  /** Each at most once, in the order in which they were given. */
  readonly operations: readonly GrantOperation[];
  readonly constraints?: GrantConstraints;
}

/** A permission to use one key, given to one principal. Plain data, as it stands on the key. */
export interface Grant {
  readonly grantId: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Until then the grant counts only for requests that bring its token. Epoch milliseconds. */
  readonly countsFrom: number;
  /** The ARN of the account whose principal made the grant. */
  readonly issuingAccount: string;
  readonly terms: GrantTerms;
}
