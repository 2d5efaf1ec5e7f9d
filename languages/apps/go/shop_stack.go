package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	kms "github.com/cdk-kms-lifecycle/cdk-kms-lifecycle-go/cdkkmslifecycle"
)

// shop is a stack with a key of each kind: for orders, a ledger, an archive, receipts, and data of a partner.
type shop struct {
	awscdk.Stack
	security awsiam.Role
	service  awsiam.Role
	reports  awsiam.Role
}

// NewShopStack adds the shop to an app.
func NewShopStack(scope constructs.Construct, id string, props *awscdk.StackProps) awscdk.Stack {
	stack := awscdk.NewStack(scope, &id, props)
	s := &shop{
		Stack: stack,
		security: awsiam.NewRole(stack, jsii.String("Security"), &awsiam.RoleProps{
			AssumedBy: awsiam.NewAccountRootPrincipal(), Description: jsii.String("Manages keys"),
		}),
		service: awsiam.NewRole(stack, jsii.String("Service"), &awsiam.RoleProps{
			AssumedBy: awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil), Description: jsii.String("Takes orders"),
		}),
		reports: awsiam.NewRole(stack, jsii.String("Reports"), &awsiam.RoleProps{
			AssumedBy: awsiam.NewServicePrincipal(jsii.String("glue.amazonaws.com"), nil), Description: jsii.String("Reads"),
		}),
	}
	s.addOrders()
	s.addLedger()
	s.addArchive()
	s.addReceipts()
	s.addPartner()
	return s.Stack
}

// addOrders adds a table with data keys. They are encrypted under a key that is replaced every 90 days. Each rotation
// re-encrypts them.
func (s *shop) addOrders() {
	table := awsdynamodb.NewTable(s.Stack, jsii.String("OrdersTable"), &awsdynamodb.TableProps{
		PartitionKey: &awsdynamodb.Attribute{Name: jsii.String("tenantId"), Type: awsdynamodb.AttributeType_STRING},
		SortKey:      &awsdynamodb.Attribute{Name: jsii.String("orderId"), Type: awsdynamodb.AttributeType_STRING},
		BillingMode:  awsdynamodb.BillingMode_PAY_PER_REQUEST,
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: jsii.Bool(true),
		},
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN,
	})
	table.GrantReadWriteData(s.service)

	key := kms.NewRotatingKey(s.Stack, jsii.String("OrdersKey"), &kms.RotatingKeyProps{
		Alias:             jsii.String("alias/orders"),
		Description:       jsii.String("Data keys of the orders"),
		Administrators: &[]awsiam.IGrantable{s.security},
		Users:             &[]awsiam.IGrantable{s.service},
		Schedule:          kms.RotationSchedule_Every(awscdk.Duration_Days(jsii.Number(90))),
		DataKeyMaxAge:     awscdk.Duration_Minutes(jsii.Number(30)),
		OnConsumerFailure: kms.OnConsumerFailure_CONTINUE,
		Stores: &[]kms.DataKeyStore{
			kms.DataKeyStore_DynamoTable(table, &kms.DynamoTableStoreOptions{
				DataKeyAttribute: jsii.String("dataKey"),
				KeyIdAttribute:   jsii.String("kmsKeyId"),
				EncryptionContext: &map[string]kms.ContextValue{
					"tenant":  kms.ContextValue_Attribute(jsii.String("tenantId")),
					"purpose": kms.ContextValue_Literal(jsii.String("orders")),
				},
				Shards: jsii.Number(8),
			}),
		},
		Deletion: kms.Deletion_AfterProof(&kms.DeletionAfterProofOptions{
			ObservationPeriod: awscdk.Duration_Days(jsii.Number(7)),
			SoakPeriod:        awscdk.Duration_Days(jsii.Number(14)),
			BackupRetention:   awscdk.Duration_Days(jsii.Number(35)),
			PendingWindow:     awscdk.Duration_Days(jsii.Number(30)),
			OnUse:             kms.OnUse_HOLD,
		}),
	})
	key.GrantDecrypt(s.reports)
	key.MetricReconcileSucceeded(nil).CreateAlarm(s.Stack, jsii.String("NoSuccessfulReconcileRun"), &awscloudwatch.CreateAlarmOptions{
		Threshold:          jsii.Number(1),
		ComparisonOperator: awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD,
		EvaluationPeriods:  jsii.Number(1),
		TreatMissingData:   awscloudwatch.TreatMissingData_BREACHING,
	})
	awscdk.NewCfnOutput(s.Stack, jsii.String("OrdersKeyName"), &awscdk.CfnOutputProps{Value: key.AliasName()})
}

// addLedger adds a key with imported key material. A grant allows reports to read entries for audits.
func (s *shop) addLedger() {
	keyMaterial := awssecretsmanager.Secret_FromSecretNameV2(s.Stack, jsii.String("LedgerKeyMaterial"), jsii.String("shop/ledger-key"))
	key := kms.NewImportedMaterialKey(s.Stack, jsii.String("LedgerKey"), &kms.ImportedMaterialKeyProps{
		Alias:             jsii.String("alias/ledger"),
		Material:          kms.KeyMaterialSource_Secret(keyMaterial, &kms.SecretKeyMaterialOptions{Encoding: kms.SecretEncoding_BASE64}),
		Expiration:        kms.MaterialExpiration_After(awscdk.Duration_Days(jsii.Number(300))),
		Administrators: &[]awsiam.IGrantable{s.security},
		Users:             &[]awsiam.IGrantable{s.service},
		EncryptionContext: &map[string]*string{"purpose": jsii.String("ledger")},
	})
	grant := kms.NewKmsGrant(s.Stack, jsii.String("ReportsReadLedger"), &kms.KmsGrantProps{
		Key:        key,
		Grantee:    s.reports,
		Operations: &[]kms.GrantOperation{kms.GrantOperation_DECRYPT(), kms.GrantOperation_DESCRIBE_KEY()},
		EncryptionContextSubset: &map[string]*string{
			"purpose": jsii.String("ledger"),
			"reason":  jsii.String("audit"),
		},
	})
	awscdk.NewCfnOutput(s.Stack, jsii.String("LedgerGrantId"), &awscdk.CfnOutputProps{Value: grant.GrantId()})
}

// addArchive adds a key whose access is controlled by its key policy only. Principals can use it only through S3.
func (s *shop) addArchive() {
	key := kms.NewCustomerManagedKey(s.Stack, jsii.String("ArchiveKey"), &kms.CustomerManagedKeyProps{
		Alias:          jsii.String("alias/archive"),
		Posture:        kms.KeyPosture_KeyPolicyOnly(nil),
		Administrators: &[]awsiam.IGrantable{s.security},
		ServiceUsers: &[]kms.ServiceUser{
			kms.ServiceUser_ThroughS3(&[]awsiam.IGrantable{s.service, s.reports}),
			kms.ServiceUser_CloudWatchLogs(jsii.Strings("/shop/archive")),
		},
		RotationPeriod: awscdk.Duration_Days(jsii.Number(180)),
	})
	key.AddAlias(jsii.String("alias/old-archive"))
	awss3.NewBucket(s.Stack, jsii.String("Archive"), &awss3.BucketProps{
		Encryption:       awss3.BucketEncryption_KMS,
		EncryptionKey:    key,
		BucketKeyEnabled: jsii.Bool(true),
		EnforceSSL:       jsii.Bool(true),
	})
}

// addReceipts adds a key with which the service signs receipts. Reports verify the signatures.
func (s *shop) addReceipts() {
	key := kms.NewCustomerManagedKey(s.Stack, jsii.String("ReceiptsKey"), &kms.CustomerManagedKeyProps{
		Alias:          jsii.String("alias/receipts"),
		KeySpec:        kms.KmsKeySpec_ECC_NIST_P256(),
		KeyUsage:       awskms.KeyUsage_SIGN_VERIFY,
		Administrators: &[]awsiam.IGrantable{s.security},
		Users:          &[]awsiam.IGrantable{s.service},
	})
	key.GrantVerify(s.reports)
}

// addPartner allows reports to read data of a partner. It is encrypted under a key that this stack does not create.
func (s *shop) addPartner() {
	partnerKeyArn := jsii.String("arn:aws:kms:eu-central-1:111122223333:key/12345678-90ab-cdef-1234-567890abcdef")
	kms.CustomerManagedKey_FromKeyArn(s.Stack, jsii.String("PartnerKey"), partnerKeyArn).GrantDecrypt(s.reports)
}
