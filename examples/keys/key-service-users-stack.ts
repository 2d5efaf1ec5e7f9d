import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { CustomerManagedKey, GrantOperation, KmsGrant, ServiceUser } from '../../src/index';

/** One key that principals use only through AWS services. One role may use it directly while a KMS grant exists. */
export class KeyServiceUsersStack extends Stack {
  public constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const security = new iam.Role(this, 'Security', { assumedBy: new iam.AccountRootPrincipal(), description: 'Manages the key' });
    const archive = new iam.Role(this, 'Archive', {
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'), description: 'Stores scans in S3',
    });
    const auditor = new iam.Role(this, 'Auditor', {
      assumedBy: new iam.AccountRootPrincipal(), description: 'Reads contracts for the annual report',
    });

    // The archive can use the key only through S3, and CloudWatch Logs only for this log group.
    const key = new CustomerManagedKey(this, 'Scans', {
      alias: 'alias/scans',
      administrators: [security],
      serviceUsers: [ServiceUser.throughS3([archive]), ServiceUser.cloudWatchLogs(['/archive'])],
    });
    new logs.LogGroup(this, 'Log', {
      logGroupName: '/archive', encryptionKey: key, retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY,
    });

    // After the annual report, remove these lines: the deployment revokes the grant. The key policy stays unchanged.
    new KmsGrant(this, 'AuditorReadsContracts', {
      key, grantee: auditor, operations: [GrantOperation.DECRYPT], encryptionContextSubset: { kind: 'contract' },
    });
  }
}
