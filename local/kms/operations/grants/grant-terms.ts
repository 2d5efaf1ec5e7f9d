import { isDeepStrictEqual } from 'node:util';
import { areAsStrict } from '../../authorization/constraints';
import { GRANT_OPERATIONS, type GrantConstraints, type GrantOperation, type GrantTerms } from '../../model/grants/grant';
import { isSymmetric, type KmsKey } from '../../model/keys/kms-key';
import { invalidPrincipal, validation } from '../../protocol/errors';
import { factsOf, type KeyUsage } from '../../protocol/key-spec';
import { ENCRYPTION_CONTEXT } from '../../protocol/members';
import { list, oneOf, optional, structure, text, type ValueOf } from '../../protocol/shape';

export const PRINCIPAL = text({ min: 1, max: 256, pattern: /^[\w+=,.@:/-]+$/ });
const CONTEXT_PAIRS = 8;
const CONTEXT_VALUE_LENGTH = 384;

/** The members of CreateGrant that are the terms of the grant. */
export const TERMS = {
  GranteePrincipal: optional(PRINCIPAL),
  GranteeServicePrincipal: optional(PRINCIPAL),
  RetiringPrincipal: optional(PRINCIPAL),
  RetiringServicePrincipal: optional(PRINCIPAL),
  Operations: list(oneOf(...GRANT_OPERATIONS)),
  Constraints: optional(structure({
    EncryptionContextSubset: optional(ENCRYPTION_CONTEXT),
    EncryptionContextEquals: optional(ENCRYPTION_CONTEXT),
    SourceArn: optional(text({})),
  })),
  Name: optional(text({ min: 1, max: 256, pattern: /^[a-zA-Z0-9:/_-]+$/ })),
};
const TERMS_SHAPE = structure(TERMS);

/**
 * Reads the terms from a request, and refuses those for which AWS creates no grant. The rules are AWS's, the messages
 * are our own.
 */
export function termsOf(request: ValueOf<typeof TERMS_SHAPE>, key: KmsKey): GrantTerms {
  const terms: GrantTerms = {
    ...(request.Name !== undefined && { name: request.Name }),
    ...(request.GranteePrincipal !== undefined && { granteePrincipal: request.GranteePrincipal }),
    ...(request.GranteeServicePrincipal !== undefined && { granteeServicePrincipal: request.GranteeServicePrincipal }),
    ...(request.RetiringPrincipal !== undefined && { retiringPrincipal: request.RetiringPrincipal }),
    ...(request.RetiringServicePrincipal !== undefined && { retiringServicePrincipal: request.RetiringServicePrincipal }),
    operations: [...new Set(request.Operations)],
    ...(request.Constraints !== undefined && { constraints: request.Constraints }),
  };
  checkPrincipals(terms);
  for (const operation of terms.operations) {
    if (!operationsOf(key).includes(operation)) {
      throw validation(`Grant operation ${operation} is not valid for key spec ${key.keySpec} with key usage ${key.keyUsage}.`);
    }
  }
  if (terms.constraints !== undefined) checkConstraints(terms.constraints, key);
  return terms;
}

/** Whether both terms are the same. The order of the operations does not matter. */
export function areSameTerms(one: GrantTerms, other: GrantTerms): boolean {
  return isDeepStrictEqual({ ...one, operations: new Set(one.operations) }, { ...other, operations: new Set(other.operations) });
}

/** Whether a grant with the child's terms allows nothing that the parent does not allow. */
export function isNarrower(parent: GrantTerms, child: GrantTerms): boolean {
  return child.operations.every((operation) => parent.operations.includes(operation))
    && areAsStrict(child.constraints ?? {}, parent.constraints ?? {});
}

function checkPrincipals(terms: GrantTerms): void {
  const { granteePrincipal, granteeServicePrincipal, retiringPrincipal, retiringServicePrincipal, constraints } = terms;
  requireOne('GranteePrincipal', granteePrincipal, granteeServicePrincipal, 'GranteeServicePrincipal');
  if (retiringPrincipal !== undefined) {
    requireOne('RetiringPrincipal', retiringPrincipal, retiringServicePrincipal, 'RetiringServicePrincipal');
  }
  for (const principal of [granteePrincipal, retiringPrincipal]) if (principal !== undefined) checkPrincipalArn(principal);
  if (granteeServicePrincipal === undefined) return;
  if (constraints?.SourceArn === undefined) throw validation('GranteeServicePrincipal requires the grant constraint SourceArn.');
  if (retiringPrincipal === undefined && retiringServicePrincipal === undefined) {
    throw validation('GranteeServicePrincipal requires either RetiringPrincipal or RetiringServicePrincipal.');
  }
}

/** Refuses a request that has none or both of two members. */
export function requireOne(name: string, one: string | undefined, other: string | undefined, otherName: string): void {
  if ((one === undefined) === (other === undefined)) throw validation(`You must specify either ${name} or ${otherName}, but not both.`);
}

const PRINCIPAL_ARNS = [
  /^arn:[^:]+:iam::(\d{12}):(?:root|user\/.+|role\/.+)$/,
  /^arn:[^:]+:sts::(\d{12}):(?:assumed-role\/[^/]+\/.+|federated-user\/.+)$/,
];

/**
 * The account of a principal, or AWS's refusal of a value that is not the ARN of an account, user, role, or session.
 */
export function checkPrincipalArn(principal: string): string {
  const account = PRINCIPAL_ARNS.map((form) => form.exec(principal)?.[1]).find((found) => found !== undefined);
  if (account === undefined) throw invalidPrincipal(principal);
  return account;
}

function checkConstraints({ EncryptionContextEquals: equals, EncryptionContextSubset: subset }: GrantConstraints, key: KmsKey): void {
  for (const pairs of [equals, subset]) {
    if (pairs === undefined) continue;
    if (!isSymmetric(key)) throw validation(`Encryption context constraints are not valid for key spec ${key.keySpec}.`);
    const values = Object.values(pairs);
    if (values.length > CONTEXT_PAIRS) throw validation(`An encryption context constraint has at most ${CONTEXT_PAIRS} pairs.`);
    if (values.some((value) => value.length > CONTEXT_VALUE_LENGTH)) {
      throw validation(`A value of an encryption context constraint has at most ${CONTEXT_VALUE_LENGTH} characters.`);
    }
  }
}

const OPERATIONS_OF_EVERY_KEY: readonly GrantOperation[] = ['CreateGrant', 'DescribeKey', 'RetireGrant'];
const ENCRYPTION_OPERATIONS: readonly GrantOperation[] = ['Encrypt', 'Decrypt', 'ReEncryptFrom', 'ReEncryptTo'];
const DATA_KEY_OPERATIONS: readonly GrantOperation[] = [
  'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext', 'GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext',
];
const BY_USAGE: Readonly<Record<KeyUsage, readonly GrantOperation[]>> = {
  ENCRYPT_DECRYPT: ENCRYPTION_OPERATIONS,
  SIGN_VERIFY: ['Sign', 'Verify'],
  GENERATE_VERIFY_MAC: ['GenerateMac', 'VerifyMac'],
  KEY_AGREEMENT: ['DeriveSharedSecret'],
  ENCAPSULATE_DECAPSULATE: ['Encapsulate', 'Decapsulate'],
};

/** The operations that a grant on this key can allow. */
function operationsOf(key: KmsKey): readonly GrantOperation[] {
  return [
    ...OPERATIONS_OF_EVERY_KEY,
    ...BY_USAGE[key.keyUsage],
    ...(isSymmetric(key) ? DATA_KEY_OPERATIONS : []),
    ...(factsOf(key.keySpec).keyClass === 'asymmetric' ? ['GetPublicKey'] as const : []),
  ];
}
