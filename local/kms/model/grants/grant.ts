import type { EncryptionContext } from '../../protocol/encryption-context';

/** The operations that a grant can allow its grantee, in AWS's order. */
export const GRANT_OPERATIONS = [
  'Decrypt', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'ReEncryptFrom', 'ReEncryptTo', 'Sign', 'Verify',
  'GetPublicKey',
  'CreateGrant', 'RetireGrant', 'DescribeKey', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext', 'GenerateMac', 'VerifyMac',
  'DeriveSharedSecret', 'Encapsulate', 'Decapsulate',
] as const;
export type GrantOperation = (typeof GRANT_OPERATIONS)[number];

/** Restricts what a grant allows. The members are named as on the wire, because answers return them unchanged. */
export interface GrantConstraints {
  /** The encryption context of the request must be exactly this one. */
  readonly EncryptionContextEquals?: EncryptionContext;
  /** The encryption context of the request must contain these pairs. */
  readonly EncryptionContextSubset?: EncryptionContext;
  /** The request must come on behalf of this AWS resource. */
  readonly SourceArn?: string;
}

/** The terms of a grant, as given at its creation. Two grants of one name with the same terms are one grant. */
export interface GrantTerms {
  readonly name?: string;
  /** Either this or the service principal is present. */
  readonly granteePrincipal?: string;
  readonly granteeServicePrincipal?: string;
  readonly retiringPrincipal?: string;
  readonly retiringServicePrincipal?: string;
  /** Each operation at most once, in the given order. */
  readonly operations: readonly GrantOperation[];
  readonly constraints?: GrantConstraints;
}

/** A permission to use one key, given to one principal. Plain data, stored with the key. */
export interface Grant {
  readonly grantId: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Until then the grant counts only for requests that include its token. Epoch milliseconds. */
  readonly countsFrom: number;
  /** The ARN of the account whose principal created the grant. */
  readonly issuingAccount: string;
  readonly terms: GrantTerms;
}
