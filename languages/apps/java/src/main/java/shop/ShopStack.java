package shop;

import io.github.cdkkmslifecycle.ContextValue;
import io.github.cdkkmslifecycle.CustomerManagedKey;
import io.github.cdkkmslifecycle.DataKeyStore;
import io.github.cdkkmslifecycle.Deletion;
import io.github.cdkkmslifecycle.DeletionAfterProofOptions;
import io.github.cdkkmslifecycle.DynamoTableStoreOptions;
import io.github.cdkkmslifecycle.GrantOperation;
import io.github.cdkkmslifecycle.ImportedMaterialKey;
import io.github.cdkkmslifecycle.KeyMaterialSource;
import io.github.cdkkmslifecycle.KeyPosture;
import io.github.cdkkmslifecycle.KmsKeySpec;
import io.github.cdkkmslifecycle.KmsGrant;
import io.github.cdkkmslifecycle.MaterialExpiration;
import io.github.cdkkmslifecycle.OnConsumerFailure;
import io.github.cdkkmslifecycle.OnUse;
import io.github.cdkkmslifecycle.RotatingKey;
import io.github.cdkkmslifecycle.RotationSchedule;
import io.github.cdkkmslifecycle.SecretEncoding;
import io.github.cdkkmslifecycle.SecretKeyMaterialOptions;
import io.github.cdkkmslifecycle.ServiceUser;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.cloudwatch.ComparisonOperator;
import software.amazon.awscdk.services.cloudwatch.CreateAlarmOptions;
import software.amazon.awscdk.services.cloudwatch.TreatMissingData;
import software.amazon.awscdk.services.dynamodb.Attribute;
import software.amazon.awscdk.services.dynamodb.AttributeType;
import software.amazon.awscdk.services.dynamodb.BillingMode;
import software.amazon.awscdk.services.dynamodb.PointInTimeRecoverySpecification;
import software.amazon.awscdk.services.dynamodb.Table;
import software.amazon.awscdk.services.iam.AccountRootPrincipal;
import software.amazon.awscdk.services.iam.Role;
import software.amazon.awscdk.services.iam.ServicePrincipal;
import software.amazon.awscdk.services.kms.KeyUsage;
import software.amazon.awscdk.services.s3.Bucket;
import software.amazon.awscdk.services.s3.BucketEncryption;
import software.amazon.awscdk.services.secretsmanager.ISecret;
import software.amazon.awscdk.services.secretsmanager.Secret;
import software.constructs.Construct;

/** A shop with a key of each kind: for orders, a ledger, an archive, receipts, and data of a partner. */
public final class ShopStack extends Stack {
    private final Role security;
    private final Role service;
    private final Role reports;

    public ShopStack(final Construct scope, final String id, final StackProps props) {
        super(scope, id, props);
        this.security = Role.Builder.create(this, "Security")
            .assumedBy(new AccountRootPrincipal()).description("Manages keys").build();
        this.service = Role.Builder.create(this, "Service")
            .assumedBy(new ServicePrincipal("lambda.amazonaws.com")).description("Takes orders").build();
        this.reports = Role.Builder.create(this, "Reports")
            .assumedBy(new ServicePrincipal("glue.amazonaws.com")).description("Reads").build();

        addOrders();
        addLedger();
        addArchive();
        addReceipts();
        addPartner();
    }

    /** Data keys are encrypted under a key that is replaced every 90 days. Each rotation re-encrypts them. */
    private void addOrders() {
        Table table = Table.Builder.create(this, "OrdersTable")
            .partitionKey(Attribute.builder().name("tenantId").type(AttributeType.STRING).build())
            .sortKey(Attribute.builder().name("orderId").type(AttributeType.STRING).build())
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .pointInTimeRecoverySpecification(PointInTimeRecoverySpecification.builder().pointInTimeRecoveryEnabled(true).build())
            .removalPolicy(RemovalPolicy.RETAIN)
            .build();
        table.grantReadWriteData(service);

        RotatingKey key = RotatingKey.Builder.create(this, "OrdersKey")
            .alias("alias/orders")
            .description("Data keys of the orders")
            .administrators(List.of(security))
            .users(List.of(service))
            .schedule(RotationSchedule.every(Duration.days(90)))
            .dataKeyMaxAge(Duration.minutes(30))
            .onConsumerFailure(OnConsumerFailure.CONTINUE)
            .stores(List.of(DataKeyStore.dynamoTable(table, DynamoTableStoreOptions.builder()
                .dataKeyAttribute("dataKey")
                .keyIdAttribute("kmsKeyId")
                .encryptionContext(Map.of("tenant", ContextValue.attribute("tenantId"), "purpose", ContextValue.literal("orders")))
                .shards(8)
                .build())))
            .deletion(Deletion.afterProof(DeletionAfterProofOptions.builder()
                .observationPeriod(Duration.days(7))
                .soakPeriod(Duration.days(14))
                .backupRetention(Duration.days(35))
                .pendingWindow(Duration.days(30))
                .onUse(OnUse.HOLD)
                .build()))
            .build();
        key.grantDecrypt(reports);
        key.metricReconcileSucceeded().createAlarm(this, "NoSuccessfulReconcileRun", CreateAlarmOptions.builder()
            .threshold(1)
            .comparisonOperator(ComparisonOperator.LESS_THAN_THRESHOLD)
            .evaluationPeriods(1)
            .treatMissingData(TreatMissingData.BREACHING)
            .build());
        CfnOutput.Builder.create(this, "OrdersKeyName").value(key.getAliasName()).build();
    }

    /** The key of the ledger has imported key material. A grant allows reports to read entries for audits. */
    private void addLedger() {
        ISecret keyMaterial = Secret.fromSecretNameV2(this, "LedgerKeyMaterial", "shop/ledger-key");
        ImportedMaterialKey key = ImportedMaterialKey.Builder.create(this, "LedgerKey")
            .alias("alias/ledger")
            .material(KeyMaterialSource.secret(keyMaterial, SecretKeyMaterialOptions.builder().encoding(SecretEncoding.BASE64).build()))
            .expiration(MaterialExpiration.after(Duration.days(300)))
            .administrators(List.of(security))
            .users(List.of(service))
            .encryptionContext(Map.of("purpose", "ledger"))
            .build();
        KmsGrant grant = KmsGrant.Builder.create(this, "ReportsReadLedger")
            .key(key)
            .grantee(reports)
            .operations(List.of(GrantOperation.DECRYPT, GrantOperation.DESCRIBE_KEY))
            .encryptionContextSubset(Map.of("purpose", "ledger", "reason", "audit"))
            .build();
        CfnOutput.Builder.create(this, "LedgerGrantId").value(grant.getGrantId()).build();
    }

    /** The key policy alone controls access to the key of the archive. Principals can use it only through S3. */
    private void addArchive() {
        CustomerManagedKey key = CustomerManagedKey.Builder.create(this, "ArchiveKey")
            .alias("alias/archive")
            .posture(KeyPosture.keyPolicyOnly())
            .administrators(List.of(security))
            .serviceUsers(List.of(
                ServiceUser.throughS3(List.of(service, reports)),
                ServiceUser.cloudWatchLogs(List.of("/shop/archive"))))
            .rotationPeriod(Duration.days(180))
            .build();
        key.addAlias("alias/old-archive");
        Bucket.Builder.create(this, "Archive")
            .encryption(BucketEncryption.KMS).encryptionKey(key).bucketKeyEnabled(true).enforceSsl(true).build();
    }

    /** The service signs receipts, and reports verify the signatures. */
    private void addReceipts() {
        CustomerManagedKey key = CustomerManagedKey.Builder.create(this, "ReceiptsKey")
            .alias("alias/receipts")
            .keySpec(KmsKeySpec.ECC_NIST_P256)
            .keyUsage(KeyUsage.SIGN_VERIFY)
            .administrators(List.of(security))
            .users(List.of(service))
            .build();
        key.grantVerify(reports);
    }

    /** The data of a partner is encrypted under a key that this stack does not create. */
    private void addPartner() {
        String partnerKeyArn = "arn:aws:kms:eu-central-1:111122223333:key/12345678-90ab-cdef-1234-567890abcdef";
        CustomerManagedKey.fromKeyArn(this, "PartnerKey", partnerKeyArn).grantDecrypt(reports);
    }
}
