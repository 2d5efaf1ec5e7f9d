import { isRecord, listOf, readableValue } from '../../contract/policies/readable-value';

/** Conditions as in the template. */
export type StatedConditions = { readonly [operator: string]: unknown } | undefined;

/** Whether a value of a condition key restricts, under an operator. */
type Restricts = (value: string, operator: string) => boolean;

/**
 * Condition keys that restrict `*` to named accounts, organizations or resources of services, and the values that do.
 *
 * An id has no wildcard: `o-*` is every organization, `1*` every tenth account. The ARN of a bucket has no account, and
 * the name of a deleted bucket can be taken by another account: its condition needs `aws:SourceAccount` as well.
 */
const RESTRICTS_EVERY_PRINCIPAL: { readonly [key: string]: Restricts } = {
  'kms:CallerAccount': isExact,
  'aws:PrincipalAccount': isExact,
  'aws:PrincipalArn': namesAccount,
  'aws:PrincipalOrgID': isExact,
  'aws:PrincipalOrgPaths': isExactBefore('/'),
  'aws:SourceAccount': isExact,
  'aws:SourceArn': namesAccount,
  'aws:SourceOrgID': isExact,
  'aws:SourceOrgPaths': isExactBefore('/'),
};

/**
 * Condition keys that restrict the principals of an account to some of them, or to a service that calls for them, and
 * the values that do. All principals of an account are in the same organization and the same organizational unit.
 */
const RESTRICTS_AN_ACCOUNT: { readonly [key: string]: Restricts } = {
  'aws:PrincipalArn': namesPrincipal,
  'aws:PrincipalTag/': isMoreThanWildcards,
  // The ids of all roles begin with AROA, and the name of a session follows after a colon.
  'aws:userid': isExactBefore(':'),
  'aws:username': beginsWithName,
  'aws:CalledVia': isExactBefore('.'),
  'aws:CalledViaFirst': isExactBefore('.'),
  'aws:CalledViaLast': isExactBefore('.'),
  'kms:ViaService': isExactBefore('.'),
};

/** The condition keys with which `*` can be restricted. */
export const KEYS_THAT_RESTRICT_EVERY_PRINCIPAL = Object.keys(RESTRICTS_EVERY_PRINCIPAL);

/** Whether the conditions hold only for principals of named accounts or organizations, or for named resources. */
export function restrictEveryPrincipal(conditions: StatedConditions): boolean {
  return restrict(conditions, RESTRICTS_EVERY_PRINCIPAL);
}

/** Whether the conditions hold only for some principals of an account, or for calls through a service. */
export function restrictAccount(conditions: StatedConditions): boolean {
  return restrict(conditions, RESTRICTS_AN_ACCOUNT);
}

/** Whether the conditions hold only for principals whose ARNs match. */
export function restrictArns(conditions: StatedConditions): boolean {
  return restrict(conditions, { 'aws:PrincipalArn': namesPrincipal });
}

/**
 * Whether one condition restricts with each of its values.
 *
 * Only conditions count that hold if the request has the key, with one of the values. All other operators also hold for
 * requests without it, or for all values except some.
 */
function restrict(conditions: StatedConditions, keys: { readonly [key: string]: Restricts }): boolean {
  return Object.entries(conditions ?? {})
    .filter(([operator]) => /^(ForAnyValue:)?(String|Arn)(Equals|Like|EqualsIgnoreCase)$/i.test(operator))
    .flatMap(([operator, compared]) =>
      (isRecord(compared) ? Object.entries(compared) : []).map(([key, values]) => ({ operator, key, values })))
    .some(({ operator, key, values }) => {
      const restricts = restrictionOf(key, keys);
      const texts = listOf(values).map((value) => readableValue(value));
      return restricts !== undefined && texts.length > 0 && texts.every((text) => !variesWithCaller(text) && restricts(text, operator));
    });
}

/** Condition keys are not case-sensitive. A key that ends with a slash has the name of a tag after it. */
function restrictionOf(key: string, keys: { readonly [key: string]: Restricts }): Restricts | undefined {
  const stated = key.toLowerCase();
  const found = Object.keys(keys).find((each) =>
    (each.endsWith('/') ? stated.startsWith(each.toLowerCase()) && stated.length > each.length : stated === each.toLowerCase()));
  return found === undefined ? undefined : keys[found];
}

/** `${aws:PrincipalAccount}` is the account of each caller. A variable of the key itself has one value. */
function variesWithCaller(value: string): boolean {
  return value.replace(/\$\{aws:Resource[^}]*\}/gi, '').includes('${');
}

function isMoreThanWildcards(value: string): boolean {
  return /[^*?:/]/.test(value);
}

function isExact(value: string): boolean {
  return isMoreThanWildcards(value) && !/[*?]/.test(value);
}

/** The id of an organization before its path, of a role before its session, the name of a service before its Region. */
function isExactBefore(separator: string): Restricts {
  return (value) => isExact(value.split(separator)[0] ?? '');
}

function beginsWithName(value: string): boolean {
  return /^[^*?:/]/.test(value);
}

/**
 * The account is the fifth part of an ARN. The operators for text let a wildcard match several parts, so none may be
 * before the account. A value that is a reference is taken for the ARN of a resource.
 */
function namesAccount(arn: string, operator: string): boolean {
  const parts = arn.split(':');
  if (parts[0] !== 'arn') return isExact(arn);
  const before = parts.slice(0, 4).join(':');
  return isExact(parts[4] ?? '') && (/Arn/i.test(operator) || !/[*?]/.test(before));
}

/** A role or a user, or the beginning of its path or name. A value that is a reference is taken for the ARN of one. */
function namesPrincipal(arn: string): boolean {
  const [scheme, , , , , ...resource] = arn.split(':');
  if (scheme !== 'arn') return isExact(arn);
  return /^(role|user|assumed-role|federated-user)\/[^*?/]/.test(resource.join(':')) || /^<[^*?]+>$/.test(resource.join(':'));
}
