import { createHash } from 'node:crypto';
import type { IdentityPolicies } from '../kms/authorization/policies';
import type { PrincipalDirectory } from '../kms/protocol/principals';

/** A policy document. */
export type PolicyDocument = { readonly [member: string]: unknown };

/** A role or user that exists. */
export interface LocalPrincipal {
  readonly arn: string;
  readonly name: string;
  /** A role or user that is created again has another id: `AROA...` for a role, `AIDA...` for a user. */
  readonly uniqueId: string;
}

/** A role or user with its policies, by their name. */
interface StoredPrincipal extends LocalPrincipal {
  readonly policies: Map<string, PolicyDocument>;
  documents: readonly PolicyDocument[];
}

export interface LocalIamOptions {
  readonly account: string;
  /** The seed of the random parts of names and ids. */
  readonly seed: number;
}

/** The policy of administrators, as the AWS managed policy `AdministratorAccess`. */
const ADMINISTRATOR: PolicyDocument = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** The lengths of AWS. */
const MAX_ROLE_NAME = 64;
const SUFFIX_LENGTH = 12;
const UNIQUE_ID_LENGTH = 17;

/**
 * IAM of one account: its roles and users with their identity policies. An access key is the name of its principal.
 *
 * An unknown access key becomes a user with an administrator's policy on its first call, so that a test can act as any
 * caller. Key policies and their Deny statements apply to it as to every principal.
 */
export class LocalIam implements IdentityPolicies, PrincipalDirectory {
  /** Called with each deleted principal. */
  public onDeleted?: (principal: LocalPrincipal) => void;
  private readonly roles = new Map<string, StoredPrincipal>();
  private readonly users = new Map<string, StoredPrincipal>();
  /** The roles that have been deleted. Their credentials are no longer those of a principal. */
  private readonly deleted = new Map<string, string>();
  private randomTexts = 0;

  public constructor(private readonly options: LocalIamOptions) {}

  /** Creates a role. CloudFormation gives each role that it creates a name of its own, unless the template names it. */
  public createRole(name: string): LocalPrincipal {
    if (this.roles.has(name)) throw new Error(`Role with name ${name} already exists.`);
    this.deleted.delete(name);
    return this.store(this.roles, 'role', name, 'AROA');
  }

  /** A name as CloudFormation generates it: `Shop-Service-1A2B3C4D5E6F`. */
  public generateName(stackName: string, logicalId: string): string {
    const suffix = this.randomText(SUFFIX_LENGTH);
    return `${`${stackName}-${logicalId}`.slice(0, MAX_ROLE_NAME - SUFFIX_LENGTH - 1)}-${suffix}`;
  }

  /** Deletes a role. What names it does not apply to a role of the same name that is created later. */
  public deleteRole(name: string): void {
    const role = this.roles.get(name);
    if (role === undefined) return;
    this.roles.delete(name);
    this.deleted.set(name, role.arn);
    this.onDeleted?.(role);
  }

  /** Creates a user, or changes its policies. @param policies without a policy it may do only what others allow it */
  public createUser(name: string, policies: readonly PolicyDocument[] = []): LocalPrincipal {
    const user = this.users.get(name) ?? this.store(this.users, 'user', name, 'AIDA');
    user.policies.clear();
    policies.forEach((policy, index) => user.policies.set(String(index), policy));
    user.documents = [...user.policies.values()];
    return user;
  }

  /** Adds a policy to a role, or replaces the policy of this name. `undefined` removes it. */
  public putRolePolicy(roleName: string, policyName: string, document: PolicyDocument | undefined): void {
    const role = this.roles.get(roleName);
    // A role that belongs to no deployed template: its policies are not known here.
    if (role === undefined) return;
    if (document === undefined) role.policies.delete(policyName);
    else role.policies.set(policyName, document);
    role.documents = [...role.policies.values()];
  }

  public principalOf(accessKey: string): string | undefined {
    const known = this.roles.get(accessKey)?.arn ?? this.users.get(accessKey)?.arn ?? this.deleted.get(accessKey);
    // An access key of twelve digits is a user of that account.
    if (known !== undefined || /^\d{12}$/.test(accessKey)) return known;
    return this.createUser(accessKey, [ADMINISTRATOR]).arn;
  }

  public policiesOf(principalArn: string): readonly PolicyDocument[] {
    const principal = this.find(principalArn);
    if (principal !== undefined) return principal.documents;
    // Of other accounts this account knows nothing: there, identity policies allow everything.
    return principalArn.split(':')[4] === this.options.account ? [] : [ADMINISTRATOR];
  }

  public exists(principalArn: string): boolean {
    return this.find(principalArn) !== undefined;
  }

  /** Finds a role or user by its ARN. */
  public find(principalArn: string): LocalPrincipal & { readonly documents: readonly PolicyDocument[] } | undefined {
    const [, kind = '', name = ''] = /:(role|user)\/(?:.*\/)?([^/]+)$/.exec(principalArn) ?? [];
    const found = (kind === 'role' ? this.roles : this.users).get(name);
    return found?.arn === principalArn ? found : undefined;
  }

  private store(principals: Map<string, StoredPrincipal>, kind: 'role' | 'user', name: string, prefix: string): StoredPrincipal {
    const principal: StoredPrincipal = {
      arn: `arn:aws:iam::${this.options.account}:${kind}/${name}`,
      name,
      uniqueId: `${prefix}${this.randomText(UNIQUE_ID_LENGTH)}`,
      policies: new Map(),
      documents: [],
    };
    principals.set(name, principal);
    return principal;
  }

  private randomText(length: number): string {
    const digest = createHash('sha512').update(`iam/${this.options.seed}/${this.randomTexts++}`).digest('hex');
    return BigInt(`0x${digest}`).toString(36).toUpperCase().slice(0, length);
  }
}
