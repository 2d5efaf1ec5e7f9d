import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { type Construct } from 'constructs';
import { generationsCondition } from './generations-condition';
import { GenerationTag } from '../../contract/family/generation-tags';
import { KeyActions } from '../../permissions/key-actions';
import { accountStatement, keyStatement, keyStatements } from '../../permissions/key-statements';
import { wrappingStatement, type Wrapping } from '../../permissions/wrapping-statement';

/** The principals with access to every generation of a family. */
export interface FamilyAccess {
  /** Manage generations. Cannot use or delete them, or change their aliases and the tags of this construct. */
  readonly administrators: readonly iam.IGrantable[];
  /** Encrypt and decrypt. Cannot manage. */
  readonly users: readonly iam.IGrantable[];
  /** Creates, names and fences generations. */
  readonly control: iam.IGrantable;
  /** Re-encrypts data keys. */
  readonly worker: iam.IGrantable;
  /** Disables and watches generations, and schedules their deletion. */
  readonly retirement: iam.IGrantable;
  /** Performs manually what the key policy otherwise allows only to the roles of the construct. */
  readonly breakGlass?: iam.IGrantable;
  /** For imported key material: the only wrapping for which the control role may request import parameters. */
  readonly wrapping?: Wrapping;
}

/**
 * The declared key policy of a family. The key policy of a generation adds the fence of its phase, and the gate: see
 * `generationPolicy`.
 *
 * Posture: access is delegated to IAM, as for every key of this library.
 */
export function familyPolicy(access: FamilyAccess): iam.PolicyDocument {
  const { administrators, users, control, worker, retirement, breakGlass, wrapping } = access;
  const administer = wrapping === undefined ? KeyActions.ADMINISTER_GENERATION : KeyActions.ADMINISTER_IMPORTED_GENERATION;
  return new iam.PolicyDocument({
    statements: [
      accountStatement(),
      ...keyStatements('AdministratorsManageButCannotUse', administrators, administer),
      ...keyStatements('UsersEncryptAndDecryptButCannotManage', users, KeyActions.USE),
      keyStatement('ControlCreatesAndNamesGenerationsButCannotUseThem', control, KeyActions.CONTROL_GENERATION),
      keyStatement('ControlProvesThatAGenerationEncrypts', control, KeyActions.TRY_ENCRYPT, onlyFor('canary')),
      ...(wrapping === undefined ? [] : [
        keyStatement('ControlImportsKeyMaterial', control, KeyActions.FILL_GENERATION),
        wrappingStatement('ControlWrapsKeyMaterialAsDeclared', control, wrapping),
      ]),
      keyStatement('WorkerReEncryptsButCannotDecrypt', worker, KeyActions.REENCRYPT),
      keyStatement('RetirementDisablesAndDeletesButCannotUse', retirement, KeyActions.RETIRE_GENERATION),
      keyStatement('RetirementProvesThatItsWatchWorks', retirement, KeyActions.TRY_ENCRYPT, onlyFor('watch-probe')),
      ...(breakGlass === undefined ? [] : [
        keyStatement('BreakGlassManagesAndPassesTheGateButCannotUse', breakGlass, KeyActions.ADMINISTER),
      ]),
    ],
  });
}

/** The properties of a family on which the IAM policy of the control role depends. */
export interface ControlledFamily {
  readonly aliasName: string;
  /** Source of the key material of its generations. */
  readonly origin: 'AWS_KMS' | 'EXTERNAL';
  /**
   * The key to adopt as generation 0. Its key policy must delegate access to IAM until it is replaced by the family's.
   */
  readonly startFromKeyArn?: string;
  /** The owner that declares the family, as the tag of its generations names it. */
  readonly owner: string;
  /** The owner from which the family is adopted. */
  readonly adoptFrom?: string;
}

/**
 * What the control role needs in addition to the key policies: a key policy cannot allow a principal to create
 * or list keys.
 */
export function controlIdentityStatements(
  scope: Construct, { aliasName, origin, startFromKeyArn, owner, adoptFrom }: ControlledFamily,
): iam.PolicyStatement[] {
  // The tags with which a key is created. A later change of a tag needs the key policy of a generation.
  const ofNewKey = Object.fromEntries(Object.entries({
    [GenerationTag.FAMILY]: aliasName,
    [GenerationTag.OWNER]: owner,
    [GenerationTag.STATE]: 'unclaimed',
    [GenerationTag.PHASE]: 'next',
  }).map(([tag, value]) => [`aws:RequestTag/${tag}`, value]));
  return [
    allow('CreatesGenerationsOfThisFamilyOnly', KeyActions.CREATE, ['*'], {
      StringEquals: { 'kms:KeySpec': 'SYMMETRIC_DEFAULT', 'kms:KeyUsage': 'ENCRYPT_DECRYPT', 'kms:KeyOrigin': origin, ...ofNewKey },
      // These keys can be absent if the request does not set them. KMS then uses false for both.
      BoolIfExists: { 'kms:BypassPolicyLockoutSafetyCheck': 'false', 'kms:MultiRegion': 'false' },
    }),
    // A key that is being created has no tag yet.
    allow('TagsGenerationsOnCreation', KeyActions.TAG, [anyKey(scope)], {
      StringEquals: ofNewKey, Null: { [`aws:ResourceTag/${GenerationTag.FAMILY}`]: 'true' },
    }),
    allow('ListsKeysAndAliases', [...KeyActions.LIST_KEYS, ...KeyActions.LIST_ALIASES], ['*']),
    allow('ReadsTagsOfKeys', KeyActions.READ_TAGS, [anyKey(scope)]),
    allow('ManagesAliasesOfThisFamilyOnly', KeyActions.NAME, [aliasArn(scope, aliasName), aliasArn(scope, `${aliasName}/*`)]),
    // By tag, because the key policy of a key that is pending deletion can name a role that no longer exists. It makes
    // nothing usable, and no principal can tag a key that is pending deletion.
    allow('CancelsDeletionsOfThisFamily', KeyActions.CANCEL_DELETION, [anyKey(scope)], {
      StringEquals: { [`aws:ResourceTag/${GenerationTag.FAMILY}`]: aliasName },
    }),
    ...(startFromKeyArn === undefined ? [] : [allow('AdoptsAnExistingKey', KeyActions.ADOPT, [startFromKeyArn])]),
    allow(
      'RecoversAccessToGenerationsOfItsOwner', KeyActions.RECOVER_GENERATION, [anyKey(scope)], recoverable(aliasName, owner, adoptFrom),
    ),
  ];
}

/**
 * The condition for the generations of this family and this owner. Their key policies may name roles that no longer
 * exist: a role that is created again may have another name, and always has another id.
 *
 * By alias in addition to the tags, because this role can tag every new key, but an alias belongs to one key only.
 */
function recoverable(aliasName: string, owner: string, adoptFrom?: string): iam.Conditions {
  const ofGenerations = generationsCondition(aliasName);
  const owners = adoptFrom === undefined ? owner : [owner, adoptFrom];
  return {
    ...ofGenerations,
    StringEquals: { ...ofGenerations.StringEquals as object, [`aws:ResourceTag/${GenerationTag.OWNER}`]: owners },
  };
}

/** What the retirement role needs in addition to the key policies of generations. */
export function retirementIdentityStatements(): iam.PolicyStatement[] {
  return [allow('ListsAliases', KeyActions.LIST_ALIASES, ['*'])];
}

/**
 * The statement of an IAM policy that allows a principal the actions on every generation of a family.
 *
 * A change of an alias takes up to five minutes to affect authorization. The key policy therefore names
 * users wherever possible.
 */
export function aliasedUseStatement(scope: Construct, aliasName: string, actions: readonly string[]): iam.PolicyStatement {
  return allow(undefined, actions, [anyKey(scope)], generationsCondition(aliasName));
}

function onlyFor(purpose: 'canary' | 'watch-probe'): iam.Conditions {
  return { StringEquals: { 'kms:EncryptionContext:cdk-kms-lifecycle:purpose': purpose } };
}

function allow(sid: string | undefined, actions: readonly string[], resources: string[], conditions?: iam.Conditions): iam.PolicyStatement {
  return new iam.PolicyStatement({ sid, actions: [...actions], resources, conditions });
}

function anyKey(scope: Construct): string {
  return Stack.of(scope).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
}

/** In the ARN of an alias, the resource type is part of the alias name: `alias/orders`. */
function aliasArn(scope: Construct, aliasName: string): string {
  return Stack.of(scope).formatArn({ service: 'kms', resource: aliasName });
}
