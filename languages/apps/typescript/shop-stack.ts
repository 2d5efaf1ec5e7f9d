import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import {
  ContextValue, CustomerManagedKey, DataKeyStore, Deletion, GrantOperation, ImportedMaterialKey, KeyMaterialSource, KeyPosture, KmsGrant,
  KmsKeySpec, MaterialExpiration, OnConsumerFailure, OnUse, RotatingKey, RotationSchedule, SecretEncoding, ServiceUser,
} from 'cdk-kms-lifecycle';
import type { Construct } from 'constructs';

/** A shop with a key of each kind: for orders, a ledger, an archive, receipts, and data of a partner. */
export class ShopStack extends Stack {
  private readonly security: iam.Role;
  private readonly service: iam.Role;
  private readonly reports: iam.Role;

  public constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    this.security = new iam.Role(this, 'Security', { assumedBy: new iam.AccountRootPrincipal(), description: 'Manages keys' });
    this.service = new iam.Role(this, 'Service', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'), description: 'Takes orders',
    });
    this.reports = new iam.Role(this, 'Reports', { assumedBy: new iam.ServicePrincipal('glue.amazonaws.com'), description: 'Reads' });

    this.addOrders();
    this.addLedger();
    this.addArchive();
    this.addReceipts();
    this.addPartner();
  }

  /** Data keys are encrypted under a key that is replaced every 90 days. Each rotation re-encrypts them. */
  private addOrders(): void {
    const table = new dynamodb.Table(this, 'OrdersTable', {
      partitionKey: { name: 'tenantId', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    table.grantReadWriteData(this.service);

    const key = new RotatingKey(this, 'OrdersKey', {
      alias: 'alias/orders',
      description: 'Data keys of the orders',
      administrators: [this.security],
      users: [this.service],
      schedule: RotationSchedule.every(Duration.days(90)),
      dataKeyMaxAge: Duration.minutes(30),
      onConsumerFailure: OnConsumerFailure.CONTINUE,
      stores: [
        DataKeyStore.dynamoTable(table, {
          dataKeyAttribute: 'dataKey',
          keyIdAttribute: 'kmsKeyId',
          encryptionContext: { tenant: ContextValue.attribute('tenantId'), purpose: ContextValue.literal('orders') },
          shards: 8,
        }),
      ],
      deletion: Deletion.afterProof({
        observationPeriod: Duration.days(7),
        soakPeriod: Duration.days(14),
        backupRetention: Duration.days(35),
        pendingWindow: Duration.days(30),
        onUse: OnUse.HOLD,
      }),
    });
    key.grantDecrypt(this.reports);
    key.metricReconcileSucceeded().createAlarm(this, 'NoSuccessfulReconcileRun', {
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: cloudwatch.TreatMissingData.BREACHING,
    });
    new CfnOutput(this, 'OrdersKeyName', { value: key.aliasName });
  }

  /** The key of the ledger has imported key material. A grant allows reports to read entries for audits. */
  private addLedger(): void {
    const keyMaterial = secretsmanager.Secret.fromSecretNameV2(this, 'LedgerKeyMaterial', 'shop/ledger-key');
    const key = new ImportedMaterialKey(this, 'LedgerKey', {
      alias: 'alias/ledger',
      material: KeyMaterialSource.secret(keyMaterial, { encoding: SecretEncoding.BASE64 }),
      expiration: MaterialExpiration.after(Duration.days(300)),
      administrators: [this.security],
      users: [this.service],
      encryptionContext: { purpose: 'ledger' },
    });
    const grant = new KmsGrant(this, 'ReportsReadLedger', {
      key,
      grantee: this.reports,
      operations: [GrantOperation.DECRYPT, GrantOperation.DESCRIBE_KEY],
      encryptionContextSubset: { purpose: 'ledger', reason: 'audit' },
    });
    new CfnOutput(this, 'LedgerGrantId', { value: grant.grantId });
  }

  /** The key policy alone controls access to the key of the archive. Principals can use it only through S3. */
  private addArchive(): void {
    const key = new CustomerManagedKey(this, 'ArchiveKey', {
      alias: 'alias/archive',
      posture: KeyPosture.keyPolicyOnly(),
      administrators: [this.security],
      serviceUsers: [ServiceUser.throughS3([this.service, this.reports]), ServiceUser.cloudWatchLogs(['/shop/archive'])],
      rotationPeriod: Duration.days(180),
    });
    key.addAlias('alias/old-archive');
    new s3.Bucket(this, 'Archive', { encryption: s3.BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true, enforceSSL: true });
  }

  /** The service signs receipts, and reports verify the signatures. */
  private addReceipts(): void {
    const key = new CustomerManagedKey(this, 'ReceiptsKey', {
      alias: 'alias/receipts',
      keySpec: KmsKeySpec.ECC_NIST_P256,
      keyUsage: kms.KeyUsage.SIGN_VERIFY,
      administrators: [this.security],
      users: [this.service],
    });
    key.grantVerify(this.reports);
  }

  /** The data of a partner is encrypted under a key that this stack does not create. */
  private addPartner(): void {
    const partnerKeyArn = 'arn:aws:kms:eu-central-1:111122223333:key/12345678-90ab-cdef-1234-567890abcdef';
    CustomerManagedKey.fromKeyArn(this, 'PartnerKey', partnerKeyArn).grantDecrypt(this.reports);
  }
}
