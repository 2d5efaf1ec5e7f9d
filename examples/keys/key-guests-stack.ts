import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { CustomerManagedKey, GrantOperation, KmsGrant, ServiceUser } from '../../src/index';

/** One key that neither people nor programs use directly: AWS services do for them, and a guest for a while. */
export class KeyGuestsStack extends Stack {
  public constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const security = new iam.Role(this, 'Security', { assumedBy: new iam.AccountRootPrincipal(), description: 'Manages the key' });
    const archive = new iam.Role(this, 'Archive', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'), description: 'Keeps scans in S3' });
    const auditor = new iam.Role(this, 'Auditor', { assumedBy: new iam.AccountRootPrincipal(), description: 'Reads contracts for the annual report' });

    // The archive reaches the key through S3 alone; CloudWatch Logs reaches it for this log group alone.
    const key = new CustomerManagedKey(this, 'Scans', {
      alias: 'alias/scans',
      administrators: [security],
      serviceUsers: [ServiceUser.throughS3([archive]), ServiceUser.cloudWatchLogs(['/archive'])],
    });
    new logs.LogGroup(this, 'Log', {
      logGroupName: '/archive', encryptionKey: key, retention: logs.RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY,
    });

    // Once the annual report is written, these lines go, and with them the grant: the key policy never knew of the auditor.
    new KmsGrant(this, 'AuditorReadsContracts', {
      key, grantee: auditor, operations: [GrantOperation.DECRYPT], encryptionContextSubset: { kind: 'contract' },
    });
  }
}
