import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { fullAliasName } from './alias-name';
import { KeyAndAliases } from './key-and-aliases';
import { KeyActions } from '../permissions/key-actions';
import { kindOfKey, type KeyAccessSetting } from './kind/key-kind';
import { KmsKeySpec } from './kind/kms-key-spec';
import { ManagedKey } from './managed-key';
import { pendingWindowProblems } from './pending-window';
import type { KeyAccessProps } from './policy/key-access';
import { KEY_ACCESS_SHAPE } from './policy/key-access-shape';
import { KeyPolicy } from './policy/key-policy';
import { acceptFindings, ROTATES_ONLY_BY_IMPORT } from '../compliance/accepted-findings';
import { SERVICE_TIMEOUT_SECONDS } from '../contract/limits';
import { encodeImport, KEY_MATERIAL_RESOURCE_TYPE, WRAPPING_KEY_SPEC, type ImportAttribute } from '../contract/requests/import-request';
import { type DeploymentFunctionOptions } from '../custom-resource/deployment-function-options';
import { DEPLOYMENT_FUNCTION } from '../custom-resource/deployment-function-shape';
import { keyMaterialImporter } from '../material/key-material-importer';
import { KeyMaterialSource } from '../material/key-material-source';
import { MaterialExpiration } from '../material/material-expiration';
import { WrappingAlgorithm, wrappingProblems } from '../material/wrapping-algorithm';
import { keyStatement, keyStatements } from '../permissions/key-statements';
import { wrappingStatement } from '../permissions/wrapping-statement';
import { daysForCloudFormation } from '../validation/in-range';
import { ALIAS, DURATION, instanceOf, listOf, GRANTEE, REMOVAL_POLICY, TEXT, withExample } from '../validation/kinds';
import { contextNameProblems, descriptionProblems, tagProblems } from '../validation/kms-text';
import { optional, requireScope, requireShape, type Shape } from '../validation/shape';

/** Properties of `ImportedMaterialKey`. */
export interface ImportedMaterialKeyProps extends KeyAccessProps {
  /**
   * The alias that applications and operators use for the key. `orders` and `alias/orders` mean the same alias.
   *
   * An alias belongs to one key per account and Region: the deployment fails if the alias already exists. A token must
   * include `alias/`.
   */
  readonly alias: string;

  /** The source of the key material. */
  readonly material: KeyMaterialSource;

  /**
   * The expiration of the key material.
   *
   * **When key material expires, the key is unusable until the same key material is imported again.** Set an expiration
   * only if a process of yours renews the key material before that time.
   *
   * @default MaterialExpiration.never()
   */
  readonly expiration?: MaterialExpiration;

  /**
   * Principals that manually import, renew and delete key material, and make new key material current. They can neither
   * use the key nor change its policy.
   *
   * @default - only administrators
   */
  readonly materialOperators?: iam.IGrantable[];

  /**
   * The description of the key, as the KMS console shows it.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * The waiting period of AWS KMS between ScheduleKeyDeletion and the deletion of the key: 7 to 30 days. The deletion
   * can be cancelled during this period and **cannot be undone after it**.
   *
   * @default Duration.days(30)
   */
  readonly pendingWindow?: Duration;

  /**
   * The policy for the key and its alias when they are removed from the stack. A retained key keeps its key material.
   *
   * By default both are retained, so ciphertext of the key stays readable. They are deleted only if the deployment that
   * creates them fails, so that the next attempt can create the alias. **With `DESTROY`, all data encrypted under the
   * key is lost after `pendingWindow`.**
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The algorithm that encrypts the key material for its transport to KMS.
   *
   * @default WrappingAlgorithm.RSAES_OAEP_SHA_256
   */
  readonly wrappingAlgorithm?: WrappingAlgorithm;

  /**
   * Network and processor of the function that imports key material. The keys of a stack share it.
   *
   * @default - outside your VPCs, on ARM
   */
  readonly deploymentFunction?: DeploymentFunctionOptions;
}

const IMPORTED_MATERIAL_KEY_SHAPE: Shape<ImportedMaterialKeyProps> = {
  ...KEY_ACCESS_SHAPE,
  alias: ALIAS,
  material: withExample('KeyMaterialSource.secret(secret)', instanceOf(KeyMaterialSource, 'use KeyMaterialSource.secret(secret)', '_bind')),
  expiration: optional(instanceOf(
    MaterialExpiration, 'use MaterialExpiration.after(Duration.days(300)) or MaterialExpiration.never()', '_requested',
  )),
  materialOperators: optional(listOf(GRANTEE)),
  description: optional(TEXT),
  pendingWindow: optional(DURATION),
  removalPolicy: optional(REMOVAL_POLICY),
  wrappingAlgorithm: optional({ ...TEXT, allowed: 'a WrappingAlgorithm', remedy: 'use WrappingAlgorithm.RSAES_OAEP_SHA_256' }),
  deploymentFunction: DEPLOYMENT_FUNCTION,
};

/**
 * Symmetric KMS key whose key material you import (BYOK). One deployment creates the key, imports and verifies its key
 * material, and waits until the key is enabled.
 *
 * Resources that refer to the key are deployed after the import. It can be used wherever the AWS CDK accepts a key.
 *
 * @example
 * declare const secret: secretsmanager.ISecret;
 * declare const security: iam.Role;
 * declare const ordersService: iam.Role;
 *
 * const key = new ImportedMaterialKey(this, 'Orders', {
 *   alias: 'alias/orders',
 *   material: KeyMaterialSource.secret(secret),
 *   administrators: [security],
 *   users: [ordersService],
 * });
 */
export class ImportedMaterialKey extends ManagedKey {
  public readonly keyArn: string;
  public readonly keyId: string;
  /** The alias, with the prefix `alias/`. */
  public readonly aliasName: string;

  /** @internal */
  public readonly _setting: KeyAccessSetting = {
    kind: kindOfKey(KmsKeySpec.SYMMETRIC_DEFAULT, undefined), multiRegion: false, importedMaterial: true,
  };
  /** @internal */
  protected readonly _policy: iam.PolicyDocument;
  /** @internal */
  protected readonly _delegatesToIam: boolean;
  /** @internal */
  protected readonly _resources: KeyAndAliases;

  public constructor(scope: Construct, id: string, props: ImportedMaterialKeyProps) {
    super(requireScope('ImportedMaterialKey', scope, id), id);
    requireShape(this.node.path, props, IMPORTED_MATERIAL_KEY_SHAPE);
    const { materialOperators = [], wrappingAlgorithm = WrappingAlgorithm.RSAES_OAEP_SHA_256 } = props;
    const importer = keyMaterialImporter(this, props.deploymentFunction);
    const wrapping = { algorithm: wrappingAlgorithm, keySpec: WRAPPING_KEY_SPEC };

    this.aliasName = fullAliasName(props.alias);
    const policy = new KeyPolicy(this, props, this._setting, [
      ...keyStatements('MaterialOperatorsImportAndRotateButCannotUse', materialOperators, KeyActions.OPERATE_MATERIAL),
      keyStatement('ImporterImportsKeyMaterialButCannotUseTheKey', importer, KeyActions.IMPORT_MATERIAL),
      wrappingStatement('ImporterWrapsKeyMaterialAsDeclared', importer, wrapping),
    ]);
    this._policy = policy.document;
    this._delegatesToIam = policy.delegatesToIam;
    const key = new kms.CfnKey(this, 'Resource', {
      origin: 'EXTERNAL',
      keyPolicy: policy.document,
      description: props.description,
      pendingWindowInDays: daysForCloudFormation(props.pendingWindow),
    });
    acceptFindings(key, ROTATES_ONLY_BY_IMPORT);
    this._resources = new KeyAndAliases(this, key, props.alias, props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);

    const source = props.material._bind(this, importer);
    const material = new CustomResource(this, 'Material', {
      resourceType: KEY_MATERIAL_RESOURCE_TYPE,
      serviceToken: importer.serviceToken,
      serviceTimeout: Duration.seconds(SERVICE_TIMEOUT_SECONDS),
      properties: encodeImport({
        keyArn: key.attrArn,
        secret: { secretArn: source.secretArn, versionId: source.secretVersionId, encoding: source.encoding },
        expiration: (props.expiration ?? MaterialExpiration.never())._requested(),
        wrappingAlgorithm: wrapping.algorithm,
        wrappingKeySpec: wrapping.keySpec,
      }),
    });
    for (const permission of source.permissions) permission.applyBefore(material);
    this.keyArn = material.getAttString('KeyArn' satisfies ImportAttribute);
    this.keyId = material.getAttString('KeyId' satisfies ImportAttribute);

    this.node.addValidation({
      validate: () => [
        ...pendingWindowProblems(props.pendingWindow),
        ...descriptionProblems(props.description),
        ...contextNameProblems('encryptionContext', props.encryptionContext),
        ...tagProblems(key.tags.tagValues(), { ownTags: 0 }),
        ...wrappingProblems(wrappingAlgorithm),
        ...source.problems,
        ...policy.problems(),
      ],
    });
  }

  /**
   * Grants permission to import key material, renew it, and make new key material current.
   *
   * It includes neither use of the key nor deletion of key material.
   */
  public grantImport(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ...KeyActions.IMPORT_MATERIAL, ...KeyActions.WRAP_MATERIAL);
  }
}
