import * as iam from 'aws-cdk-lib/aws-iam';
import { KeyActions } from './key-actions';

/** Who may do what with a KMS key. */
export interface KeyAccess {
  /** They manage the key and cannot use it. */
  readonly administrators: iam.IGrantable[];
  /** They encrypt and decrypt, and cannot manage. */
  readonly users: iam.IGrantable[];
  /** What imports key material while deploying. */
  readonly importer: iam.IGrantable;
  /** The wrapping that the importer may ask KMS for, and no weaker one. */
  readonly wrapping: { readonly algorithm: string; readonly keySpec: string };
}

/**
 * The key policy that says so, in sentences.
 *
 * Posture: IAM-delegated. The first statement gives nobody anything by itself; it lets IAM policies of the account take effect, and
 * through it somebody always keeps `kms:PutKeyPolicy`, so that nobody is ever locked out of the key.
 */
export function keyPolicy(access: KeyAccess): iam.PolicyDocument {
  return new iam.PolicyDocument({
    statements: [
      statement('AccountMayDelegateAccessByIam', ['kms:*'], [new iam.AccountRootPrincipal()]),
      ...statementFor(access.administrators, 'AdministratorsManageButCannotUse', KeyActions.ADMINISTER),
      ...statementFor(access.users, 'UsersEncryptAndDecryptButCannotManage', KeyActions.USE),
      ...importerStatements(access),
    ],
  });
}

/** The condition keys of wrapping exist on one action only; beside any other action they would match nothing, and allow nothing. */
function importerStatements({ importer, wrapping }: KeyAccess): iam.PolicyStatement[] {
  const wrap = 'kms:GetParametersForImport';
  return [
    statement('ImporterBringsKeyMaterialButCannotUseTheKey', KeyActions.IMPORT_MATERIAL.filter((action) => action !== wrap), [importer]),
    statement('ImporterWrapsKeyMaterialAsDeclared', [wrap], [importer], {
      StringEquals: { 'kms:WrappingAlgorithm': wrapping.algorithm, 'kms:WrappingKeySpec': wrapping.keySpec },
    }),
  ];
}

/** Nobody named, nothing said: a statement without principals would be refused. */
function statementFor(grantees: iam.IGrantable[], sid: string, actions: readonly string[]): iam.PolicyStatement[] {
  return grantees.length === 0 ? [] : [statement(sid, actions, grantees)];
}

/** In a key policy `*` means this key, and nothing else. */
function statement(sid: string, actions: readonly string[], grantees: iam.IGrantable[], conditions?: iam.Conditions): iam.PolicyStatement {
  const principals = grantees.map((grantee) => grantee.grantPrincipal);
  return new iam.PolicyStatement({ sid, actions: [...actions], principals, resources: ['*'], conditions });
}
