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
  readonly wrapping: Wrapping;
}

/** How key material is encrypted on its way into KMS. */
export interface Wrapping {
  readonly algorithm: string;
  readonly keySpec: string;
}

/**
 * The key policy that says so, in sentences.
 *
 * Posture: IAM-delegated. The first statement gives nobody anything by itself; it lets IAM policies of the account take effect, and
 * through it somebody always keeps `kms:PutKeyPolicy`, so that nobody is ever locked out of the key.
 */
export function keyPolicy(access: KeyAccess): iam.PolicyDocument {
  const { administrators, users, importer, wrapping } = access;
  return new iam.PolicyDocument({
    statements: [
      accountStatement(),
      ...keyStatements('AdministratorsManageButCannotUse', administrators, KeyActions.ADMINISTER),
      ...keyStatements('UsersEncryptAndDecryptButCannotManage', users, KeyActions.USE),
      keyStatement('ImporterBringsKeyMaterialButCannotUseTheKey', importer, KeyActions.IMPORT_MATERIAL),
      wrappingStatement('ImporterWrapsKeyMaterialAsDeclared', importer, wrapping),
    ],
  });
}

/** Lets IAM policies of the account take effect on the key. */
export function accountStatement(): iam.PolicyStatement {
  return keyStatement('AccountMayDelegateAccessByIam', new iam.AccountRootPrincipal(), ['kms:*']);
}

/** The condition keys of wrapping exist on one action only; beside any other action they would match nothing, and allow nothing. */
export function wrappingStatement(sid: string, grantee: iam.IGrantable, { algorithm, keySpec }: Wrapping): iam.PolicyStatement {
  return keyStatement(sid, grantee, KeyActions.WRAP_MATERIAL, {
    StringEquals: { 'kms:WrappingAlgorithm': algorithm, 'kms:WrappingKeySpec': keySpec },
  });
}

/** Nobody named, nothing said: a statement without principals would be refused. */
export function keyStatements(sid: string, grantees: readonly iam.IGrantable[], actions: readonly string[]): iam.PolicyStatement[] {
  return grantees.length === 0 ? [] : [statement(sid, grantees, actions)];
}

/** What one principal may do. */
export function keyStatement(sid: string, grantee: iam.IGrantable, actions: readonly string[], conditions?: iam.Conditions): iam.PolicyStatement {
  return statement(sid, [grantee], actions, conditions);
}

/** In a key policy `*` means this key, and nothing else. */
function statement(sid: string, grantees: readonly iam.IGrantable[], actions: readonly string[], conditions?: iam.Conditions): iam.PolicyStatement {
  const principals = grantees.map((grantee) => grantee.grantPrincipal);
  return new iam.PolicyStatement({ sid, actions: [...actions], principals, resources: ['*'], conditions });
}
