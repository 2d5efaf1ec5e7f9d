import * as iam from 'aws-cdk-lib/aws-iam';
import { EVERYTHING_BY_IAM, KEY_ACTIONS } from './guarded-family';
import { PRINCIPALS, POSTURES, type PostureName } from './guarded-key';
import { mutantsOf, mutantsWithAnyValue, type Mutant } from './statement-mutants';
import { resolveIntrinsics, type ResolvedResources } from '../../../local/cloudformation/resolve-intrinsics';
import { KeyPosture } from '../../../src/index';
import { keyStatementsOf, type Statement } from '../../support/a-customer-managed-key';
import { anImportedKey, aStack } from '../../support/a-stack';
import { ACCOUNT, mayCall, type KmsCall } from '../../support/policy-evaluator';

const names = (text: string) => text.trim().split(/\s+/).map((name) => `kms:${name}`);
const OPERATOR = `arn:aws:iam::${ACCOUNT}:role/material-operator`;
const IMPORTER = `arn:aws:iam::${ACCOUNT}:role/importer`;
const ROTATE_ON_DEMAND = names('GetKeyRotationStatus ListKeyRotations RotateKeyOnDemand');
const MATERIAL = names('DeleteImportedKeyMaterial GetParametersForImport ImportKeyMaterial');
const MANAGE =
  names(`CancelKeyDeletion CreateAlias DeleteAlias DescribeKey DisableKey EnableKey GetKeyLastUsage GetKeyPolicy ListGrants ListKeyPolicies
  ListResourceTags PutKeyPolicy RevokeGrant ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription`);
const USE =
  names(`Decrypt DescribeKey Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext
  ReEncryptFrom ReEncryptTo`);
const AS_DECLARED = { 'kms:WrappingAlgorithm': 'RSAES_OAEP_SHA_256', 'kms:WrappingKeySpec': 'RSA_4096' };

function policyIn(posture: PostureName): string {
  const stack = aStack();
  const postures = {
    'IAM-delegated': () => KeyPosture.iamDelegated(),
    'key-policy-only': () => KeyPosture.keyPolicyOnly(),
    'break-glass': () => KeyPosture.breakGlass(new iam.ArnPrincipal(PRINCIPALS.breakGlass)),
  };
  anImportedKey(stack, {
    posture: postures[posture](),
    administrators: [new iam.ArnPrincipal(PRINCIPALS.administrator)],
    users: [new iam.ArnPrincipal(PRINCIPALS.user)],
    materialOperators: [new iam.ArnPrincipal(OPERATOR)],
  });
  const text = JSON.stringify(keyStatementsOf(stack));
  const [, importerRole = ''] = /"Fn::GetAtt":\["(KmsKeyMaterialImporterRole[^"]+)"/.exec(text) ?? [];
  const known: ResolvedResources = new Map([
    ['AWS::Partition', { ref: 'aws', attributes: {} as Record<string, string> }],
    [importerRole, { ref: 'importer', attributes: { Arn: IMPORTER } }],
  ]);
  return JSON.stringify({ Version: '2012-10-17', Statement: resolveIntrinsics(JSON.parse(text), known) });
}

async function allowedActions(principalArn: string, keyPolicy: string, details: Partial<KmsCall> = {}): Promise<string[]> {
  const may = (action: string) => mayCall({ principalArn, keyPolicy, action, ...details });
  const answers = await Promise.all(KEY_ACTIONS.map(async (action) => await may(action) ? [action] : []));
  return answers.flat();
}

/** The laws, written manually: name, principal, and every allowed action. */
function lawsIn(posture: PostureName): [string, string, string[]][] {
  return [
    ['administrators: management and import', PRINCIPALS.administrator, [...MANAGE, ...MATERIAL, ...ROTATE_ON_DEMAND]],
    ['users: use', PRINCIPALS.user, USE],
    ['material operators: import, deletion and rotation of key material', OPERATOR, ['kms:DescribeKey', ...MATERIAL, ...ROTATE_ON_DEMAND]],
    ['the importer: import without deletion', IMPORTER, names('DescribeKey ImportKeyMaterial ListKeyRotations RotateKeyOnDemand')],
    ['the break-glass role, if there is one: management and import', PRINCIPALS.breakGlass,
      posture === 'break-glass' ? [...MANAGE, ...MATERIAL, ...ROTATE_ON_DEMAND] : []],
    ['other principals: nothing', PRINCIPALS.stranger, []],
  ];
}

describe.each(POSTURES)('a key with imported material in the %s posture allows', (posture) => {
  const keyPolicy = policyIn(posture);
  const delegated = posture === 'IAM-delegated';

  test.each(lawsIn(posture))('%s', async (_, principal, actions) => {
    expect(await allowedActions(principal, keyPolicy)).toEqual([...actions].sort());
    const byIam = await allowedActions(principal, keyPolicy, { identityStatements: EVERYTHING_BY_IAM });
    expect(byIam).toEqual(delegated ? KEY_ACTIONS : [...actions].sort());
  });

  test('the importer to request the declared wrapping, and no weaker one', async () => {
    const ask = (context: KmsCall['context']) =>
      mayCall({ principalArn: IMPORTER, keyPolicy, action: 'kms:GetParametersForImport', context });
    expect(await ask(AS_DECLARED)).toBe(true);
    expect(await ask({ ...AS_DECLARED, 'kms:WrappingAlgorithm': 'RSAES_OAEP_SHA_1' })).toBe(false);
    expect(await ask({ ...AS_DECLARED, 'kms:WrappingKeySpec': 'RSA_2048' })).toBe(false);
  });

  test('nothing else: the laws notice every mutant of the statements that other keys do not have', async () => {
    const { Statement: statements } = JSON.parse(keyPolicy) as { readonly Statement: readonly Statement[] };
    const itsOwn = statements.filter(({ Sid }) => /Importer|Material/.test(String(Sid)));
    const mutants = itsOwn.flatMap((statement) =>
      [...mutantsOf(statement, statements, [{ AWS: PRINCIPALS.stranger }]), ...mutantsWithAnyValue(statement, statements)]);
    const survivors: string[] = [];
    for (const mutant of mutants) if (!await isNoticed(mutant, posture)) survivors.push(mutant.name);
    console.log(`mutants of the statements of an imported key, ${posture}: ${mutants.length}, survivors ${survivors.length}`);
    expect(survivors).toEqual([]);
    expect(mutants.length).toBeGreaterThan(20);
  });
});

/** The declared wrapping, and weaker ones. */
const WRAPPINGS: readonly [KmsCall['context'], asDeclared: boolean][] = [
  [AS_DECLARED, true],
  [{ ...AS_DECLARED, 'kms:WrappingAlgorithm': 'RSAES_OAEP_SHA_1' }, false],
  [{ ...AS_DECLARED, 'kms:WrappingKeySpec': 'RSA_2048' }, false],
];

async function isNoticed({ statements, actions }: Mutant, posture: PostureName): Promise<boolean> {
  const keyPolicy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  for (const [, principalArn, allowed] of lawsIn(posture)) {
    for (const action of actions) {
      if (action !== 'kms:GetParametersForImport') {
        if (await mayCall({ principalArn, keyPolicy, action }) !== allowed.includes(action)) return true;
        continue;
      }
      for (const [context, asDeclared] of WRAPPINGS) {
        const expected = allowed.includes(action) || (principalArn === IMPORTER && asDeclared);
        if (await mayCall({ principalArn, keyPolicy, action, context }) !== expected) return true;
      }
    }
  }
  return false;
}
