import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { ImportedMaterialKey, KeyMaterialSource, MaterialExpiration } from '../../src/index';

/** KMS key with imported key material, which expires after 300 days unless the same key material is imported again. */
export class LedgerStack extends Stack {
  public constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const material = secretsmanager.Secret.fromSecretNameV2(this, 'KeyMaterial', 'ledger/key-material');
    const security = new iam.Role(this, 'Security', {
      assumedBy: new iam.AccountRootPrincipal(), description: 'Manages the key of the ledger',
    });
    const ledgerService = new iam.Role(this, 'LedgerService', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });

    new ImportedMaterialKey(this, 'LedgerKey', {
      alias: 'alias/ledger',
      material: KeyMaterialSource.secret(material),
      expiration: MaterialExpiration.after(Duration.days(300)),
      administrators: [security],
      users: [ledgerService],
    });
  }
}
