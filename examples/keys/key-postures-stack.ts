import { Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { CustomerManagedKey, KeyPosture } from '../../src/index';

/** Three keys for the same people. They differ in one thing: who has the last word. */
export class KeyPosturesStack extends Stack {
  public constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const security = new iam.Role(this, 'Security', { assumedBy: new iam.AccountRootPrincipal(), description: 'Manages the keys' });
    const reports = new iam.Role(this, 'Reports', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'), description: 'Reads and writes' });
    const access = { administrators: [security], users: [reports] };

    // IAM policies of the account may let more people in. Nobody is ever locked out.
    new CustomerManagedKey(this, 'Prices', { ...access, alias: 'alias/prices', posture: KeyPosture.iamDelegated() });

    // The key policy alone decides: even an administrator of the account gets in only by changing it, which Security and deployments can.
    new CustomerManagedKey(this, 'Salaries', { ...access, alias: 'alias/salaries', posture: KeyPosture.keyPolicyOnly() });

    // The same, and one role more, kept under seal for the day on which Security and deployments are both gone.
    const underSeal = new iam.Role(this, 'UnderSeal', {
      assumedBy: new iam.AccountRootPrincipal().withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
      description: 'Manages the key of the patents when nobody else can',
    });
    new CustomerManagedKey(this, 'Patents', { ...access, alias: 'alias/patents', posture: KeyPosture.breakGlass(underSeal) });
  }
}
