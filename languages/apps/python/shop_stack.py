from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from cdk_kms_lifecycle import (
    ContextValue,
    CustomerManagedKey,
    DataKeyStore,
    Deletion,
    GrantOperation,
    ImportedMaterialKey,
    KeyMaterialSource,
    KeyPosture,
    KmsGrant,
    KmsKeySpec,
    MaterialExpiration,
    OnConsumerFailure,
    OnUse,
    RotatingKey,
    RotationSchedule,
    SecretEncoding,
    ServiceUser,
)
from constructs import Construct


class ShopStack(Stack):
    """A shop with a key of each kind: for orders, a ledger, an archive, receipts, and data of a partner."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs) -> None:
        super().__init__(scope, construct_id, **kwargs)
        self._security = iam.Role(self, "Security", assumed_by=iam.AccountRootPrincipal(), description="Manages keys")
        self._service = iam.Role(
            self, "Service", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), description="Takes orders"
        )
        self._reports = iam.Role(self, "Reports", assumed_by=iam.ServicePrincipal("glue.amazonaws.com"), description="Reads")

        self._add_orders()
        self._add_ledger()
        self._add_archive()
        self._add_receipts()
        self._add_partner()

    def _add_orders(self) -> None:
        """Data keys are encrypted under a key that is replaced every 90 days. Each rotation re-encrypts them."""
        table = dynamodb.Table(
            self,
            "OrdersTable",
            partition_key=dynamodb.Attribute(name="tenantId", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="orderId", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=RemovalPolicy.RETAIN,
        )
        table.grant_read_write_data(self._service)

        key = RotatingKey(
            self,
            "OrdersKey",
            alias="alias/orders",
            description="Data keys of the orders",
            administrators=[self._security],
            users=[self._service],
            schedule=RotationSchedule.every(Duration.days(90)),
            data_key_max_age=Duration.minutes(30),
            on_consumer_failure=OnConsumerFailure.CONTINUE,
            stores=[
                DataKeyStore.dynamo_table(
                    table,
                    data_key_attribute="dataKey",
                    key_id_attribute="kmsKeyId",
                    encryption_context={
                        "tenant": ContextValue.attribute("tenantId"),
                        "purpose": ContextValue.literal("orders"),
                    },
                    shards=8,
                )
            ],
            deletion=Deletion.after_proof(
                observation_period=Duration.days(7),
                soak_period=Duration.days(14),
                backup_retention=Duration.days(35),
                pending_window=Duration.days(30),
                on_use=OnUse.HOLD,
            ),
        )
        key.grant_decrypt(self._reports)
        key.metric_reconcile_succeeded().create_alarm(
            self,
            "NoSuccessfulReconcileRun",
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )
        CfnOutput(self, "OrdersKeyName", value=key.alias_name)

    def _add_ledger(self) -> None:
        """The key of the ledger has imported key material. A grant allows reports to read entries for audits."""
        key_material = secretsmanager.Secret.from_secret_name_v2(self, "LedgerKeyMaterial", "shop/ledger-key")
        key = ImportedMaterialKey(
            self,
            "LedgerKey",
            alias="alias/ledger",
            material=KeyMaterialSource.secret(key_material, encoding=SecretEncoding.BASE64),
            expiration=MaterialExpiration.after(Duration.days(300)),
            administrators=[self._security],
            users=[self._service],
            encryption_context={"purpose": "ledger"},
        )
        grant = KmsGrant(
            self,
            "ReportsReadLedger",
            key=key,
            grantee=self._reports,
            operations=[GrantOperation.DECRYPT, GrantOperation.DESCRIBE_KEY],
            encryption_context_subset={"purpose": "ledger", "reason": "audit"},
        )
        CfnOutput(self, "LedgerGrantId", value=grant.grant_id)

    def _add_archive(self) -> None:
        """The key policy alone controls access to the key of the archive. Principals can use it only through S3."""
        key = CustomerManagedKey(
            self,
            "ArchiveKey",
            alias="alias/archive",
            posture=KeyPosture.key_policy_only(),
            administrators=[self._security],
            service_users=[
                ServiceUser.through_s3([self._service, self._reports]),
                ServiceUser.cloud_watch_logs(["/shop/archive"]),
            ],
            rotation_period=Duration.days(180),
        )
        key.add_alias("alias/old-archive")
        s3.Bucket(
            self,
            "Archive",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            enforce_ssl=True,
        )

    def _add_receipts(self) -> None:
        """The service signs receipts, and reports verify the signatures."""
        key = CustomerManagedKey(
            self,
            "ReceiptsKey",
            alias="alias/receipts",
            key_spec=KmsKeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            administrators=[self._security],
            users=[self._service],
        )
        key.grant_verify(self._reports)

    def _add_partner(self) -> None:
        """The data of a partner is encrypted under a key that this stack does not create."""
        partner_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/12345678-90ab-cdef-1234-567890abcdef"
        CustomerManagedKey.from_key_arn(self, "PartnerKey", partner_key_arn).grant_decrypt(self._reports)
