import * as kms from '@aws-sdk/client-kms';
import * as iam from 'aws-cdk-lib/aws-iam';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { resolveIntrinsics } from '../../../local/cloudformation/resolve-intrinsics';
import type { GenerationPhase } from '../../../src/contract/family/generation-tags';
import { controlIdentityStatements, familyPolicy, retirementIdentityStatements } from '../../../src/rotation/family/family-access';
import { aStack } from '../../support/a-stack';
import { ACCOUNT, mayCall, type KmsCall } from '../../support/policy-evaluator';

const arn = (path: string) => `arn:aws:iam::${ACCOUNT}:${path}`;

/** The principals that may call a generation. */
export const PRINCIPALS = {
  user: arn('role/orders-service'),
  administrator: arn('role/security'),
  control: arn('role/orders-control'),
  worker: arn('role/orders-worker'),
  retirement: arn('role/orders-retirement'),
  breakGlass: arn('role/break-glass'),
  /** Named in no key policy. */
  stranger: arn('role/stranger'),
  root: arn('root'),
} as const;

export type CallerName = keyof typeof PRINCIPALS;

export interface FamilyOptions {
  readonly material?: 'aws-kms' | 'secret';
  readonly breakGlass?: boolean;
  readonly startFromKeyArn?: string;
  readonly adoptFrom?: string;
}

/** The owner that declares the family. */
export const OWNER = 'Shop/Orders';

const NO_RESOURCES = new Map([['AWS::Partition', { ref: 'aws', attributes: {} }]]);

/** The declared family `alias/orders`, with one role for each kind of access. */
export class GuardedFamily {
  public readonly declared: string;
  private readonly stack = aStack();
  private readonly breakGlass: boolean;
  private readonly identities: { readonly [caller in CallerName]?: readonly object[] };

  public constructor({ material = 'aws-kms', breakGlass = true, startFromKeyArn, adoptFrom }: FamilyOptions = {}) {
    this.breakGlass = breakGlass;
    const role = (caller: CallerName) => iam.Role.fromRoleArn(this.stack, caller, PRINCIPALS[caller]);
    this.declared = JSON.stringify(this.plain(familyPolicy({
      administrators: [role('administrator')],
      users: [role('user')],
      control: role('control'),
      worker: role('worker'),
      retirement: role('retirement'),
      ...(breakGlass ? { breakGlass: role('breakGlass') } : {}),
      ...(material === 'secret' ? { wrapping: { algorithm: 'RSAES_OAEP_SHA_256', keySpec: 'RSA_4096' } } : {}),
    })));
    this.identities = {
      control: controlIdentityStatements(this.stack, {
        aliasName: 'alias/orders',
        origin: material === 'secret' ? 'EXTERNAL' : 'AWS_KMS',
        startFromKeyArn,
        owner: OWNER,
        adoptFrom,
      }).map((statement) => this.plain(statement)),
      retirement: retirementIdentityStatements().map((statement) => this.plain(statement)),
    };
  }

  /** The key policy of a generation in that phase. */
  public policy(phase: GenerationPhase): string {
    const { control, worker, retirement, breakGlass } = PRINCIPALS;
    const roles = { control, worker, retirement, ...(this.breakGlass ? { breakGlass } : {}) };
    return generationPolicy({ policyDocument: this.declared, roles }, phase);
  }

  /**
   * Whether a caller is allowed an action on a generation in that phase, with the IAM policies that this
   * library gives it.
   */
  public may(caller: CallerName, phase: GenerationPhase, action: string, details: Partial<KmsCall> = {}): Promise<boolean> {
    return mayCall({
      principalArn: PRINCIPALS[caller], identityStatements: this.identities[caller], keyPolicy: this.policy(phase), action, ...details,
    });
  }

  /** Whether a caller is allowed an action that concerns no single generation. */
  public mayInAccount(caller: CallerName, action: string, details: Partial<KmsCall> = {}): Promise<boolean> {
    return mayCall({ principalArn: PRINCIPALS[caller], identityStatements: this.identities[caller], action, ...details });
  }

  /** The actions that a caller is allowed on a generation in that phase. */
  public async allowedActions(caller: CallerName, phase: GenerationPhase, details: Partial<KmsCall> = {}): Promise<string[]> {
    const answers = await Promise.all(KEY_ACTIONS.map(async (action) => await this.may(caller, phase, action, details) ? [action] : []));
    return answers.flat();
  }

  private plain(value: { toJSON(): unknown }): object {
    return resolveIntrinsics(this.stack.resolve(value.toJSON()), NO_RESOURCES) as object;
  }
}

/** The widest IAM policy of an account: every action on every resource. */
export const EVERYTHING_BY_IAM = [{ Effect: 'Allow', Action: '*', Resource: '*' }];

/** Operations that concern no key, or that the evaluator does not know. */
const NOT_ON_A_KEY =
  /^(ConnectCustom|CreateCustom|DeleteCustom|DescribeCustom|DisconnectCustom|UpdateCustom|CreateKey|GenerateRandom|List(Aliases|Keys|RetirableGrants)|(En|De)capsulate)/;

/** Every action on a key, from the operations that the SDK exports. */
export const KEY_ACTIONS: readonly string[] = Object.keys(kms)
  .filter((name) => /[a-z]Command$/.test(name) && !NOT_ON_A_KEY.test(name))
  .map((name) => name.replace(/Command$/, ''))
  .flatMap((name) => name === 'ReEncrypt' ? ['kms:ReEncryptFrom', 'kms:ReEncryptTo'] : [`kms:${name}`])
  .sort();
