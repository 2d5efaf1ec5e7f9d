import type { CreateGrantRequest, GrantOperation, KMS } from '@aws-sdk/client-kms';
import { aKey, aLocalKms, REGION, type Bench, type Described } from './local-kms-bench';

/** An account that owns no key of these tests: everything that it may do is allowed by a grant. */
export const STRANGERS = '777788889999';
export const STRANGER = `arn:aws:iam::${STRANGERS}:user/${STRANGERS}`;

export interface GrantBench extends Bench {
  /** A client of the stranger. */
  readonly stranger: KMS;
  readonly key: Described;
}

export async function aKeyAndAStranger(): Promise<GrantBench> {
  const bench = await aLocalKms();
  return { ...bench, stranger: bench.as(STRANGERS, REGION), key: await aKey(bench.kms) };
}

/** The error of KMS for a caller without permission. */
export const deniedTo = (operation: string) =>
  `AccessDeniedException: User: ${STRANGER} is not authorized to perform: kms:${operation} on this resource because the resource does not exist ` +
  'in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access';

/** A grant to the stranger. */
export async function grant(
  { kms, key }: GrantBench, Operations: GrantOperation[], changes: Partial<CreateGrantRequest> = {},
): Promise<{ GrantId: string; GrantToken: string }> {
  const { GrantId, GrantToken } = await kms.createGrant({ KeyId: key.Arn, GranteePrincipal: STRANGER, Operations, ...changes });
  return { GrantId: GrantId!, GrantToken: GrantToken! };
}
