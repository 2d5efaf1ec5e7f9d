import fc from 'fast-check';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { GENERATION_PHASES } from '../../../src/contract/family/generation-tags';

const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
const ROLES = { control: role('control'), worker: role('worker'), retirement: role('retirement'), breakGlass: role('break-glass') };
const USERS = { Sid: 'Users', Effect: 'Allow', Principal: { AWS: role('orders') }, Action: 'kms:*', Resource: '*' };
const DECLARED = JSON.stringify({ Version: '2012-10-17', Statement: [USERS] });
const FAMILY = { policyDocument: DECLARED, roles: ROLES };

/** The limit of KMS. */
const MAX_POLICY_BYTES = 32 * 1024;

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal: unknown;
  readonly NotPrincipal?: unknown;
}

const statementsOf = (policy: string) => (JSON.parse(policy) as { Statement: Statement[] }).Statement;
const sidsOf = (policy: string) => statementsOf(policy).map(({ Sid }) => Sid);

test('every phase keeps the declared statements and adds the gate; replaced generations also have the fence', () => {
  const gate = [
    'DenyKeyDeletionToOtherPrincipals', 'DenyKeyMaterialDeletionExceptByBreakGlass', 'DenyAliasChangesToOtherPrincipals',
    'DenyLifecycleTagChangesToOtherPrincipals',
  ];
  const [deletion, ...rest] = gate;
  const fence = 'DenyEncryptionUnderReplacedGeneration';
  expect(GENERATION_PHASES.map((phase) => sidsOf(generationPolicy(FAMILY, phase)))).toEqual([
    ['Users', ...gate],
    ['Users', ...gate],
    ['Users', fence, ...gate],
    ['Users', fence, deletion, 'DenyKeyDeletionAfterRecentUse', ...rest],
  ]);
});

test.each(['fenced', 'retiring'] as const)('a %s generation denies exactly the actions that create ciphertext or grants', (phase) => {
  expect(statementsOf(generationPolicy(FAMILY, phase))[1]).toEqual({
    Sid: 'DenyEncryptionUnderReplacedGeneration',
    Effect: 'Deny',
    Principal: '*',
    Action: [
      'kms:Encrypt', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:GenerateDataKeyPair',
      'kms:GenerateDataKeyPairWithoutPlaintext', 'kms:ReEncryptTo', 'kms:CreateGrant',
    ],
    Resource: '*',
  });
});

test('the gate of a current generation denies exactly these actions, and excepts exactly these roles', () => {
  const deny = { Effect: 'Deny', Principal: '*', Resource: '*' };
  const exceptFor = (...roles: string[]) => ({ ArnNotEquals: { 'aws:PrincipalArn': roles } });
  expect(statementsOf(generationPolicy(FAMILY, 'current')).slice(1)).toEqual([
    {
      ...deny,
      Sid: 'DenyKeyDeletionToOtherPrincipals',
      Action: ['kms:ScheduleKeyDeletion'],
      Condition: exceptFor(ROLES.control, ROLES.breakGlass),
    },
    {
      ...deny,
      Sid: 'DenyKeyMaterialDeletionExceptByBreakGlass',
      Action: ['kms:DeleteImportedKeyMaterial'],
      Condition: exceptFor(ROLES.breakGlass),
    },
    {
      ...deny,
      Sid: 'DenyAliasChangesToOtherPrincipals',
      Action: ['kms:CreateAlias', 'kms:UpdateAlias', 'kms:DeleteAlias'],
      Condition: exceptFor(ROLES.control, ROLES.breakGlass),
    },
    {
      ...deny,
      Sid: 'DenyLifecycleTagChangesToOtherPrincipals',
      Action: ['kms:TagResource', 'kms:UntagResource'],
      Condition: {
        ...exceptFor(ROLES.control, ROLES.retirement, ROLES.breakGlass),
        'ForAnyValue:StringLike': { 'aws:TagKeys': ['cdk-kms-lifecycle:*'] },
      },
    },
  ]);
});

test('the open gate denies deletion after recent use, if KMS provides the number of days without use', () => {
  expect(statementsOf(generationPolicy(FAMILY, 'retiring'))[3]).toEqual({
    Sid: 'DenyKeyDeletionAfterRecentUse',
    Effect: 'Deny',
    Principal: '*',
    Action: ['kms:ScheduleKeyDeletion'],
    Resource: '*',
    Condition: { NumericLessThan: { 'kms:TrailingDaysWithoutKeyUsage': '1' } },
  });
});

describe('for any declared document, any roles and every phase', () => {
  const text = fc.string({ unit: 'grapheme-ascii', maxLength: 60 });
  const aStatement = fc.record({
    Sid: text, Effect: fc.constantFrom('Allow', 'Deny'), Principal: fc.dictionary(text, text), Action: fc.array(text), Resource: text,
  });
  const aDocument = fc.record({ Version: fc.constant('2012-10-17'), Id: text, Statement: fc.array(aStatement, { maxLength: 200 }) });
  // The longest that IAM allows: a path of 512 characters and a name of 64.
  const anArn = fc.stringMatching(/^[a-z]{1,576}$/).map(role);
  const required = { control: anArn, worker: anArn, retirement: anArn };
  const someRoles = fc.record({ ...required, breakGlass: anArn }, { requiredKeys: ['control', 'worker', 'retirement'] });
  const aPhase = fc.constantFrom(...GENERATION_PHASES);

  test('every declared statement stays in its place, and every added statement denies all principals', () => {
    fc.assert(fc.property(aDocument, someRoles, aPhase, (document, roles, phase) => {
      const { Statement: statements, ...rest } = JSON.parse(generationPolicy({ policyDocument: JSON.stringify(document), roles }, phase));
      const { Statement: declared, ...others } = JSON.parse(JSON.stringify(document));
      expect(rest).toEqual(others);
      expect(statements.slice(0, declared.length)).toEqual(declared);
      const added = statements.slice(declared.length) as Statement[];
      expect(added.length).toBeGreaterThanOrEqual(4);
      for (const { Effect, Principal, NotPrincipal } of added) {
        expect({ Effect, Principal, NotPrincipal }).toEqual({ Effect: 'Deny', Principal: '*', NotPrincipal: undefined });
      }
    }));
  });

  test('the policy is always the same text', () => {
    fc.assert(fc.property(aDocument, someRoles, aPhase, (document, roles, phase) => {
      const family = { policyDocument: JSON.stringify(document), roles };
      expect(generationPolicy(family, phase)).toBe(generationPolicy(family, phase));
    }));
  });

  test('a document that leaves 8 KiB free becomes a policy that KMS accepts', () => {
    fc.assert(fc.property(aDocument, someRoles, aPhase, (document, roles, phase) => {
      const policyDocument = JSON.stringify(document);
      fc.pre(Buffer.byteLength(policyDocument) <= MAX_POLICY_BYTES - 8 * 1024);
      expect(Buffer.byteLength(generationPolicy({ policyDocument, roles }, phase))).toBeLessThanOrEqual(MAX_POLICY_BYTES);
    }));
  });

  test('the added text has the same length for every document, and is longest in the phase retiring', () => {
    fc.assert(fc.property(aDocument, someRoles, (document, roles) => {
      fc.pre(document.Statement.length > 0);
      const added = (policyDocument: string, phase: (typeof GENERATION_PHASES)[number]) =>
        Buffer.byteLength(generationPolicy({ policyDocument, roles }, phase)) - Buffer.byteLength(policyDocument);
      const lengths = GENERATION_PHASES.map((phase) => added(JSON.stringify(document), phase));
      expect(lengths).toEqual(GENERATION_PHASES.map((phase) => added(DECLARED, phase)));
      expect(Math.max(...lengths)).toBe(added(DECLARED, 'retiring'));
    }));
  });
});
