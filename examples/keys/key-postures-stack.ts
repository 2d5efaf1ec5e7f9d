import { Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { CustomerManagedKey, KeyPosture } from '../../src/index';

/** Three keys with the same administrators and users. They differ in the policies that can grant access. */
export class KeyPosturesStack extends Stack {
  public constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const security = new iam.Role(this, 'Security', { assumedBy: new iam.AccountRootPrincipal(), description: 'Manages the keys' });
    const reports = new iam.Role(this, 'Reports', {
      assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com'), description: 'Reads and writes',
    });
    const access = { administrators: [security], users: [reports] };

    // IAM policies of the account can also grant access, so the account cannot be locked out of the key.
    new CustomerManagedKey(this, 'Prices', { ...access, alias: 'alias/prices', posture: KeyPosture.iamDelegated() });

    // Only the key policy grants access. Even an administrator of the account needs a change of the key policy, which
    // only Security and deployments can make.
    new CustomerManagedKey(this, 'Salaries', { ...access, alias: 'alias/salaries', posture: KeyPosture.keyPolicyOnly() });

    // The same, with a break-glass role for the case that Security and the role of deployments are both deleted.
    const breakGlass = new iam.Role(this, 'BreakGlass', {
      assumedBy: new iam.AccountRootPrincipal().withConditions({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }),
      description: 'Manages the key of the patents if no other role can',
    });
    new CustomerManagedKey(this, 'Patents', { ...access, alias: 'alias/patents', posture: KeyPosture.breakGlass(breakGlass) });
  }
}
