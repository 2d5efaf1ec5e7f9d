import * as kms from '@aws-sdk/client-kms';
import * as iam from 'aws-cdk-lib/aws-iam';
import { generationPolicy } from '../../../lambda/key-family/policy/generation-policy';
import { resolveIntrinsics } from '../../../local/cloudformation/resolve-intrinsics';
import type { GenerationPhase } from '../../../src/contract/family/generation-tags';
import { controlIdentityStatements, familyPolicy, retirementIdentityStatements } from '../../../src/rotation/family/family-access';
import { aStack } from '../../support/a-stack';
import { ACCOUNT, mayCall, type KmsCall } from '../../support/policy-evaluator';

const arn = (path: string) => `arn:aws:iam::${ACCOUNT}:${path}`;

/** Everybody who may ever want something from a generation. */
export const PEOPLE = {
  user: arn('role/orders-service'),
  administrator: arn('role/security'),
  control: arn('role/orders-control'),
  worker: arn('role/orders-worker'),
  retirement: arn('role/orders-retirement'),
  breakGlass: arn('role/break-glass'),
  /** Stands in no key policy. */
  stranger: arn('role/somebody-else'),
  root: arn('root'),
} as const;

export type Person = keyof typeof PEOPLE;

export interface FamilyOptions {
  readonly material?: 'aws-kms' | 'secret';
  readonly breakGlass?: boolean;
  readonly startFromKeyArn?: string;
}

const NO_RESOURCES = new Map([['AWS::Partition', { ref: 'aws', attributes: {} }]]);

/** `alias/orders` as it is declared, with one role for everything. */
export class GuardedFamily {
  public readonly declared: string;
  private readonly stack = aStack();
  private readonly breakGlass: boolean;
  private readonly identities: { readonly [person in Person]?: readonly object[] };

  public constructor({ material = 'aws-kms', breakGlass = true, startFromKeyArn }: FamilyOptions = {}) {
    this.breakGlass = breakGlass;
    const role = (person: Person) => iam.Role.fromRoleArn(this.stack, person, PEOPLE[person]);
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
      control: controlIdentityStatements(this.stack, { aliasName: 'alias/orders', origin: material === 'secret' ? 'EXTERNAL' : 'AWS_KMS', startFromKeyArn })
        .map((statement) => this.plain(statement)),
      retirement: retirementIdentityStatements().map((statement) => this.plain(statement)),
    };
  }

  /** The policy of a generation, as KMS gets it. */
  public policy(phase: GenerationPhase): string {
    const { control, worker, retirement, breakGlass } = PEOPLE;
    const roles = { control, worker, retirement, ...(this.breakGlass ? { breakGlass } : {}) };
    return generationPolicy({ policyDocument: this.declared, roles }, phase);
  }

  /** Whether somebody may do something to a generation in that phase, with what IAM gives them by this library. */
  public may(person: Person, phase: GenerationPhase, action: string, details: Partial<KmsCall> = {}): Promise<boolean> {
    return mayCall({
      principalArn: PEOPLE[person], identityStatements: this.identities[person], keyPolicy: this.policy(phase), action, ...details,
    });
  }

  /** Whether somebody may do something that is about no generation in particular. */
  public mayInAccount(person: Person, action: string, details: Partial<KmsCall> = {}): Promise<boolean> {
    return mayCall({ principalArn: PEOPLE[person], identityStatements: this.identities[person], action, ...details });
  }

  /** Everything that somebody may do to a generation in that phase. */
  public async everythingThat(person: Person, phase: GenerationPhase, details: Partial<KmsCall> = {}): Promise<string[]> {
    const answers = await Promise.all(KEY_ACTIONS.map(async (action) => await this.may(person, phase, action, details) ? [action] : []));
    return answers.flat();
  }

  private plain(value: { toJSON(): unknown }): object {
    return resolveIntrinsics(this.stack.resolve(value.toJSON()), NO_RESOURCES) as object;
  }
}

/** By IAM, everything, everywhere: the widest that an account can give. */
export const EVERYTHING_BY_IAM = [{ Effect: 'Allow', Action: '*', Resource: '*' }];

/** Operations that are about no key, or that the evaluator has not heard of. */
const NOT_ON_A_KEY = /^(ConnectCustom|CreateCustom|DeleteCustom|DescribeCustom|DisconnectCustom|UpdateCustom|CreateKey|GenerateRandom|List(Aliases|Keys|RetirableGrants)|(En|De)capsulate)/;

/** Every action on a key that KMS knows, as the SDK lists its operations. */
export const KEY_ACTIONS: readonly string[] = Object.keys(kms)
  .filter((name) => /[a-z]Command$/.test(name) && !NOT_ON_A_KEY.test(name))
  .map((name) => name.replace(/Command$/, ''))
  .flatMap((name) => name === 'ReEncrypt' ? ['kms:ReEncryptFrom', 'kms:ReEncryptTo'] : [`kms:${name}`])
  .sort();
