import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type Construct } from 'constructs';
import { generationsCondition } from './generations-condition';
import { GenerationTag } from '../../contract/family/generation-tags';
import { KeyActions } from '../../permissions/key-actions';
import { accountStatement, keyStatement, keyStatements } from '../../permissions/key-statements';
import { wrappingStatement, type Wrapping } from '../../permissions/wrapping-statement';

/** Who may do what with every generation of a family. */
export interface FamilyAccess {
  /** They manage generations; they can neither use them, nor delete them, nor take their names and our tags away. */
  readonly administrators: readonly iam.IGrantable[];
  /** They encrypt and decrypt, and cannot manage. */
  readonly users: readonly iam.IGrantable[];
  /** Makes, names, fences. */
  readonly control: iam.IGrantable;
  /** Re-encrypts. */
  readonly worker: iam.IGrantable;
  /** Disables, watches, schedules deletion. */
  readonly retirement: iam.IGrantable;
  /** Does by hand what only our own roles do otherwise. */
  readonly breakGlass?: iam.IGrantable;
  /** For material from outside: the wrapping that the control role may ask KMS for, and no weaker one. */
  readonly wrapping?: Wrapping;
}

/**
 * The declared key policy of a family, in sentences. What a generation stands under is this, its phase's fence and the gate:
 * see `generationPolicy`.
 *
 * Posture: IAM-delegated, as with any key of this library.
 */
export function familyPolicy(access: FamilyAccess): iam.PolicyDocument {
  const { administrators, users, control, worker, retirement, breakGlass, wrapping } = access;
  const administer = wrapping === undefined ? KeyActions.ADMINISTER_GENERATION : KeyActions.ADMINISTER_IMPORTED_GENERATION;
  return new iam.PolicyDocument({
    statements: [
      accountStatement(),
      ...keyStatements('AdministratorsManageButCannotUse', administrators, administer),
      ...keyStatements('UsersEncryptAndDecryptButCannotManage', users, KeyActions.USE),
      keyStatement('ControlMakesAndNamesGenerationsButCannotUseThem', control, KeyActions.CONTROL_GENERATION),
      keyStatement('ControlTriesWhetherAGenerationEncrypts', control, KeyActions.TRY_ENCRYPT, onlyFor('canary')),
      ...(wrapping === undefined ? [] : [
        keyStatement('ControlBringsKeyMaterial', control, KeyActions.FILL_GENERATION),
        wrappingStatement('ControlWrapsKeyMaterialAsDeclared', control, wrapping),
      ]),
      keyStatement('WorkerReEncryptsButCannotDecrypt', worker, KeyActions.REENCRYPT),
      keyStatement('RetirementDisablesAndDeletesButCannotUse', retirement, KeyActions.RETIRE_GENERATION),
      keyStatement('RetirementTriesWhetherItsWatchSees', retirement, KeyActions.TRY_ENCRYPT, onlyFor('echo')),
      ...(breakGlass === undefined ? [] : [keyStatement('BreakGlassManagesAndPassesTheGateButCannotUse', breakGlass, KeyActions.ADMINISTER)]),
    ],
  });
}

/** The family, as far as the control role's own rights depend on it. */
export interface ControlledFamily {
  readonly aliasName: string;
  /** Where the material of its generations comes from. */
  readonly origin: 'AWS_KMS' | 'EXTERNAL';
  /** A key that becomes generation 0. Its own policy has to let IAM of the account in until it stands under the family's. */
  readonly startFromKeyArn?: string;
  /** Whether it is taken over: until then its generations stand under a policy that names the control role of another owner. */
  readonly takenOver?: boolean;
}

/** What the control role needs beside the key policies of generations: no key policy can say who makes a key, or lists them. */
export function controlIdentityStatements(
  scope: Construct, { aliasName, origin, startFromKeyArn, takenOver = false }: ControlledFamily,
): iam.PolicyStatement[] {
  const asOurOwn = { [`aws:RequestTag/${GenerationTag.FAMILY}`]: aliasName };
  return [
    allow('MakesGenerationsOfThisFamilyOnly', KeyActions.CREATE, ['*'], {
      StringEquals: { 'kms:KeySpec': 'SYMMETRIC_DEFAULT', 'kms:KeyUsage': 'ENCRYPT_DECRYPT', 'kms:KeyOrigin': origin, ...asOurOwn },
      // A request that does not say otherwise may come without these keys: KMS takes both for false then.
      BoolIfExists: { 'kms:BypassPolicyLockoutSafetyCheck': 'false', 'kms:MultiRegion': 'false' },
    }),
    allow('TagsGenerationsAsTheyAreMade', KeyActions.TAG, [anyKey(scope)], { StringEquals: asOurOwn }),
    allow('FindsKeysAndAliases', [...KeyActions.LIST_KEYS, ...KeyActions.LIST_ALIASES], ['*']),
    allow('FindsOutWhoseAKeyIs', KeyActions.READ_TAGS, [anyKey(scope)]),
    allow('NamesGenerationsOfThisFamilyOnly', KeyActions.NAME, [aliasArn(scope, aliasName), aliasArn(scope, `${aliasName}/*`)]),
    ...(startFromKeyArn === undefined ? [] : [allow('BringsAnExistingKeyUnderThePolicyOfTheFamily', KeyActions.ADOPT, [startFromKeyArn])]),
    // By alias and not by tag: tags it may put on any key that leaves access to IAM, aliases only on keys that let it.
    ...(takenOver ? [allow('TakesGenerationsOverFromAnotherOwner', KeyActions.TAKE_OVER, [anyKey(scope)], generationsCondition(aliasName))] : []),
  ];
}

/** What the retirement role needs beside the key policies of generations. */
export function retirementIdentityStatements(): iam.PolicyStatement[] {
  return [allow('FindsAliases', KeyActions.LIST_ALIASES, ['*'])];
}

/**
 * The statement that allows a principal, by its own IAM policy, to use every generation of a family.
 *
 * An alias that has just moved takes up to five minutes to affect authorization. Users are therefore named in the key policy
 * wherever that is possible.
 */
export function aliasedUseStatement(scope: Construct, aliasName: string, actions: readonly string[]): iam.PolicyStatement {
  return allow(undefined, actions, [anyKey(scope)], generationsCondition(aliasName));
}

function onlyFor(purpose: 'canary' | 'echo'): iam.Conditions {
  return { StringEquals: { 'kms:EncryptionContext:cdk-kms-lifecycle:purpose': purpose } };
}

function allow(sid: string | undefined, actions: readonly string[], resources: string[], conditions?: iam.Conditions): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid, actions: [...actions], resources, conditions });
}

function anyKey(scope: Construct): string {
  return Stack.of(scope).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
}

/** `alias/orders`: the word before the slash is what KMS calls the resource. */
function aliasArn(scope: Construct, aliasName: string): string {
  return Stack.of(scope).formatArn({ service: 'kms', resource: aliasName });
}
