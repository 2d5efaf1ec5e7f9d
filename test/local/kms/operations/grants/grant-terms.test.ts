import type { CreateGrantRequest, KeySpec, KeyUsageType } from '@aws-sdk/client-kms';
import * as fc from 'fast-check';
import { satisfies } from '../../../../../local/kms/authorization/constraints';
import { isSamePrincipal } from '../../../../../local/kms/authorization/grant-allows';
import { GRANT_OPERATIONS, type GrantConstraints } from '../../../../../local/kms/model/grants/grant';
import { isNarrower } from '../../../../../local/kms/operations/grants/grant-terms';
import { aKeyAndAStranger, grant, STRANGER } from '../../grants-bench';
import { aLocalKms, ACCOUNT, refusalOf } from '../../local-kms-bench';

/**
 * What a grant can allow on each kind of key besides CreateGrant, DescribeKey and RetireGrant, from AWS's list.
 */
const KINDS: [KeySpec, KeyUsageType, string][] = [
  ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT', 'Decrypt Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair '
    + 'GenerateDataKeyPairWithoutPlaintext ReEncryptFrom ReEncryptTo'],
  ['RSA_2048', 'ENCRYPT_DECRYPT', 'Decrypt Encrypt ReEncryptFrom ReEncryptTo GetPublicKey'],
  ['ECC_NIST_P256', 'SIGN_VERIFY', 'Sign Verify GetPublicKey'],
  ['ECC_NIST_P256', 'KEY_AGREEMENT', 'DeriveSharedSecret GetPublicKey'],
  ['HMAC_256', 'GENERATE_VERIFY_MAC', 'GenerateMac VerifyMac'],
  ['ML_KEM_512', 'ENCAPSULATE_DECAPSULATE', 'Encapsulate Decapsulate GetPublicKey'],
];

test.each(KINDS)('a grant on a key %s for %s holds what that key can do', async (KeySpec, KeyUsage, fitting) => {
  const { kms } = await aLocalKms();
  const { KeyId } = (await kms.createKey({ KeySpec, KeyUsage })).KeyMetadata!;
  const fits = new Set(['CreateGrant', 'DescribeKey', 'RetireGrant', ...fitting.split(' ')]);
  for (const operation of GRANT_OPERATIONS) {
    const made = kms.createGrant({ KeyId, GranteePrincipal: STRANGER, Operations: [operation] });
    if (fits.has(operation)) {await made;} else {
      expect(await refusalOf(made)).toBe(
        `ValidationException: Grant operation ${operation} is not valid for key spec ${KeySpec} with key usage ${KeyUsage}.`,
      );
    }
  }
});

describe('AWS creates no grant', () => {
  const nine = Object.fromEntries([...'123456789'].map((digit) => [digit, digit]));
  const service = { GranteePrincipal: undefined, GranteeServicePrincipal: 's3.amazonaws.com' };
  test.each<[string, Partial<CreateGrantRequest>, string]>([
    [
      'to no one',
      { GranteePrincipal: undefined },
      'ValidationException: You must specify either GranteePrincipal or GranteeServicePrincipal, but not both.',
    ],
    [
      'to two',
      { GranteeServicePrincipal: 's3.amazonaws.com' },
      'ValidationException: You must specify either GranteePrincipal or GranteeServicePrincipal, but not both.',
    ],
    [
      'that two retire',
      { RetiringPrincipal: STRANGER, RetiringServicePrincipal: 's3.amazonaws.com' },
      'ValidationException: You must specify either RetiringPrincipal or RetiringServicePrincipal, but not both.',
    ],
    [
      'to a value that is not a principal',
      { GranteePrincipal: 'arn:aws:s3:::orders' },
      'InvalidArnException: arn:aws:s3:::orders is not the ARN of a valid principal.',
    ],
    [
      'with a retiring principal that is not a principal',
      { RetiringPrincipal: ACCOUNT },
      `InvalidArnException: ${ACCOUNT} is not the ARN of a valid principal.`,
    ],
    [
      'to a service without a source',
      { ...service, RetiringPrincipal: STRANGER },
      'ValidationException: GranteeServicePrincipal requires the grant constraint SourceArn.',
    ],
    [
      'to a service that nobody retires',
      { ...service, Constraints: { SourceArn: 'arn:aws:s3:::orders' } },
      'ValidationException: GranteeServicePrincipal requires either RetiringPrincipal or RetiringServicePrincipal.',
    ],
    [
      'with nine pairs',
      { Constraints: { EncryptionContextSubset: nine } },
      'ValidationException: An encryption context constraint has at most 8 pairs.',
    ],
    [
      'with a long value',
      { Constraints: { EncryptionContextEquals: { tenant: 'x'.repeat(385) } } },
      'ValidationException: A value of an encryption context constraint has at most 384 characters.',
    ],
    [
      'of an unknown operation',
      { Operations: ['PutKeyPolicy' as 'Decrypt'] },
      "ValidationException: 1 validation error detected: Value 'PutKeyPolicy' at 'operations.1.member' failed to satisfy constraint: " +
        `Member must satisfy enum value set: [${GRANT_OPERATIONS.join(', ')}]`,
    ],
  ])('%s', async (_, changes, refusal) => {
    const bench = await aKeyAndAStranger();
    expect(await refusalOf(grant(bench, ['Decrypt'], changes))).toBe(refusal);
    expect((await bench.kms.listGrants({ KeyId: bench.key.KeyId })).Grants).toEqual([]);
  });

  test('with an encryption context for a key that does not support one', async () => {
    const { kms } = await aLocalKms();
    const { KeyId } = (await kms.createKey({ KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })).KeyMetadata!;
    const made = kms.createGrant(
      { KeyId, GranteePrincipal: STRANGER, Operations: ['GenerateMac'], Constraints: { EncryptionContextSubset: { a: 'b' } } });
    expect(await refusalOf(made)).toBe('ValidationException: Encryption context constraints are not valid for key spec HMAC_256.');
  });
});

test('a grant to a service is listed with its service principals and its source', async () => {
  const bench = await aKeyAndAStranger();
  const Constraints = { SourceArn: 'arn:aws:s3:::orders' };
  await grant(bench, ['Decrypt'], {
    GranteePrincipal: undefined, GranteeServicePrincipal: 's3.amazonaws.com', RetiringServicePrincipal: 's3.amazonaws.com', Constraints,
  });
  expect((await bench.kms.listGrants({ KeyId: bench.key.KeyId })).Grants).toMatchObject([
    { GranteeServicePrincipal: 's3.amazonaws.com', RetiringServicePrincipal: 's3.amazonaws.com', Constraints },
  ]);
});

// Few names and values, so that contexts often match.
const CONTEXT = fc.dictionary(fc.constantFrom('tenant', 'year', 'constructor'), fc.constantFrom('a', 'b'), { maxKeys: 3 });
const CONSTRAINTS: fc.Arbitrary<GrantConstraints> = fc.record(
  { EncryptionContextEquals: CONTEXT, EncryptionContextSubset: CONTEXT }, { requiredKeys: [] });
const OPERATIONS = fc.uniqueArray(fc.constantFrom('Encrypt' as const, 'Decrypt' as const, 'CreateGrant' as const));

test('a grant allows everything that a narrower grant allows', () => {
  fc.assert(fc.property(OPERATIONS, CONSTRAINTS, OPERATIONS, CONSTRAINTS, CONTEXT, (operations, constraints, fewer, stricter, context) => {
    fc.pre(isNarrower({ operations, constraints }, { operations: fewer, constraints: stricter }));
    for (const operation of fewer) {
      expect(operations).toContain(operation);
      if (satisfies(stricter, operation, context)) expect(satisfies(constraints, operation, context)).toBe(true);
    }
  }), { numRuns: 1000, maxSkipsPerRun: 10_000 });
});

test('a grant is at least as narrow as itself, also with one more pair', () => {
  fc.assert(fc.property(OPERATIONS, CONTEXT, (operations, context) => {
    const terms = { operations, constraints: { EncryptionContextSubset: context } };
    expect(isNarrower(terms, terms)).toBe(true);
    expect(isNarrower(terms, { operations, constraints: { EncryptionContextSubset: { ...context, more: 'x' } } })).toBe(true);
    expect(isNarrower({ operations, constraints: { EncryptionContextSubset: { ...context, more: 'x' } } }, terms)).toBe(false);
    expect(isNarrower({ operations }, { operations, constraints: { SourceArn: 'arn' } })).toBe(true);
    expect(isNarrower({ operations, constraints: { SourceArn: 'arn' } }, { operations })).toBe(false);
  }));
});

test.each<[string, string, boolean]>([
  ['arn:aws:iam::111122223333:user/a', 'arn:aws:iam::111122223333:user/a', true],
  ['arn:aws:iam::111122223333:user/a', 'arn:aws:iam::111122223333:user/A', false],
  ['arn:aws:iam::111122223333:role/a', 'arn:aws:sts::111122223333:assumed-role/a/session', true],
  ['arn:aws:iam::111122223333:role/path/a', 'arn:aws:sts::111122223333:assumed-role/a/session', true],
  ['arn:aws:iam::111122223333:role/ba', 'arn:aws:sts::111122223333:assumed-role/a/session', false],
  ['arn:aws:iam::444455556666:role/a', 'arn:aws:sts::111122223333:assumed-role/a/session', false],
  ['arn:aws:sts::111122223333:assumed-role/a/one', 'arn:aws:sts::111122223333:assumed-role/a/other', false],
  ['arn:aws:iam::111122223333:root', 'arn:aws:iam::111122223333:user/a', false],
])('a grant to %s is one to %s: %s', (named, caller, same) => {
  expect(isSamePrincipal(named, caller)).toBe(same);
});
