import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { aliasProblems, fullAliasName } from './alias-name';
import { KeyAndAliases } from './key-and-aliases';
import { KeyActions } from '../permissions/key-actions';
import { kindOfKey, type KeyAccessSetting } from './kind/key-kind';
import { KmsKeySpec } from './kind/kms-key-spec';
import { ManagedKey } from './managed-key';
import { pendingWindowProblems } from './pending-window';
import type { KeyAccessProps } from './policy/key-access';
import { KeyPolicy } from './policy/key-policy';
import { acceptFindings, ROTATES_WHEN_BYTES_ARE_BROUGHT } from '../compliance/accepted-findings';
import { SERVICE_TIMEOUT_SECONDS } from '../contract/limits';
import { encodeImport, KEY_MATERIAL_RESOURCE_TYPE, WRAPPING_KEY_SPEC, type ImportAttribute } from '../contract/requests/import-request';
import { keyMaterialImporter } from '../material/key-material-importer';
import { KeyMaterialSource } from '../material/key-material-source';
import { MaterialExpiration } from '../material/material-expiration';
import { WrappingAlgorithm, wrappingProblems } from '../material/wrapping-algorithm';
import { keyStatement, keyStatements } from '../permissions/key-statements';
import { wrappingStatement } from '../permissions/wrapping-statement';

/** Properties of `ImportedMaterialKey`. */
export interface ImportedMaterialKeyProps extends KeyAccessProps {
  /**
   * The name that people and programs know the key by. `orders` and `alias/orders` mean the same.
   *
   * It belongs to one key of account and Region: a deployment fails if somebody else has it. A token has to bring `alias/` along.
   */
  readonly alias: string;

  /** Where the bytes of the key come from. */
  readonly material: KeyMaterialSource;

  /**
   * When KMS forgets the bytes.
   *
   * Never, unless you say so: an expiry takes the whole key out of service until the same bytes are imported again, so it is a promise
   * to renew them in time, and nobody should make it by default.
   *
   * @default MaterialExpiration.never()
   */
  readonly expiration?: MaterialExpiration;

  /**
   * Who imports, renews and deletes key material by hand, and rotates to it. They can neither use the key nor change its policy.
   *
   * @default - nobody but administrators
   */
  readonly materialOperators?: iam.IGrantable[];

  /**
   * What the key is for, as the console shows it.
   *
   * @default - no description
   */
  readonly description?: string;

  /**
   * How long the key waits between the decision to delete it and its deletion, from 7 to 30 days. Only then is it irreversible.
   *
   * @default Duration.days(30)
   */
  readonly pendingWindow?: Duration;

  /**
   * What happens to key and alias when they leave the stack. Whatever it is, key material is never deleted.
   *
   * By default both stay, and so does everything encrypted under the key. Only when their very first deployment fails do they go, so
   * that the second attempt finds the alias free. With `DESTROY` everything under the key is lost once `pendingWindow` is over.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * How the bytes are encrypted on their way into KMS.
   *
   * @default WrappingAlgorithm.RSAES_OAEP_SHA_256
   */
  readonly wrappingAlgorithm?: WrappingAlgorithm;
}

/**
 * A symmetric KMS key with bytes of your own (BYOK): created, filled, verified and enabled in one deployment.
 *
 * Whatever refers to the key waits until its material is there. It goes wherever the AWS CDK takes a key.
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
  /** The alias, with `alias/` in front. */
  public readonly aliasName: string;

  /** @internal */
  public readonly _setting: KeyAccessSetting = { kind: kindOfKey(KmsKeySpec.SYMMETRIC_DEFAULT, undefined), multiRegion: false, imported: true };
  /** @internal */
  protected readonly _policy: iam.PolicyDocument;
  /** @internal */
  protected readonly _delegatesToIam: boolean;
  /** @internal */
  protected readonly _resources: KeyAndAliases;

  public constructor(scope: Construct, id: string, props: ImportedMaterialKeyProps) {
    super(scope, id);
    const { materialOperators = [], wrappingAlgorithm = WrappingAlgorithm.RSAES_OAEP_SHA_256 } = props;
    const importer = keyMaterialImporter(this);
    const wrapping = { algorithm: wrappingAlgorithm.algorithmName, keySpec: WRAPPING_KEY_SPEC };

    this.aliasName = fullAliasName(props.alias);
    const policy = new KeyPolicy(this, props, this._setting, [
      ...keyStatements('MaterialOperatorsImportAndRotateButCannotUse', materialOperators, KeyActions.OPERATE_MATERIAL),
      keyStatement('ImporterBringsKeyMaterialButCannotUseTheKey', importer, KeyActions.IMPORT_MATERIAL),
      wrappingStatement('ImporterWrapsKeyMaterialAsDeclared', importer, wrapping),
    ]);
    this._policy = policy.document;
    this._delegatesToIam = policy.delegatesToIam;
    const key = new kms.CfnKey(this, 'Resource', {
      origin: 'EXTERNAL',
      keyPolicy: policy.document,
      description: props.description,
      pendingWindowInDays: props.pendingWindow?.toDays(),
    });
    acceptFindings(key, ROTATES_WHEN_BYTES_ARE_BROUGHT);
    this._resources = new KeyAndAliases(this, key, [this.aliasName], props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);

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
        ...aliasProblems(this.aliasName),
        ...pendingWindowProblems(props.pendingWindow),
        ...wrappingProblems(wrappingAlgorithm),
        ...policy.problems(),
      ],
    });
  }

  /**
   * Lets the grantee bring key material in, renew it, and make new material current. It can neither use the key nor take material away.
   *
   * @param grantee Who may.
   */
  public grantImport(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, ...KeyActions.IMPORT_MATERIAL, ...KeyActions.WRAP_MATERIAL);
  }
}
