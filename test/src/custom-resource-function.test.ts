import { type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { GrantOperation, KmsGrant, type DeploymentFunctionOptions } from '../../src/index';
import { aCustomerManagedKey } from '../support/a-customer-managed-key';
import { aRole, aStack, anImportedKey, complaintsOf } from '../support/a-stack';

let stack: Stack;
beforeEach(() => { stack = aStack(); });

const aGrant = (deploymentFunction?: DeploymentFunctionOptions, id = 'Grant') => new KmsGrant(stack, id, {
  key: aCustomerManagedKey(stack, { alias: id }, `${id}Key`), grantee: aRole(stack, `${id}Role`), operations: [GrantOperation.DECRYPT], deploymentFunction,
});

describe.each<[string, (options?: DeploymentFunctionOptions, id?: string) => unknown]>([
  ['of an imported key', (deploymentFunction, id) => anImportedKey(stack, { alias: id ?? 'a', deploymentFunction }, id)],
  ['of a grant', aGrant],
])('the function %s', (_, build) => {
  test('is outside a VPC and on ARM by default', () => {
    build();
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Architectures: ['arm64'] });
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toContain('VpcConfig');
  });

  test('can be in a VPC and on another processor, with the permission for network interfaces', () => {
    build({ vpc: new ec2.Vpc(stack, 'Vpc'), architecture: lambda.Architecture.X86_64 });
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Lambda::Function', { Architectures: ['x86_64'] });
    expect(JSON.stringify(template.findResources('AWS::Lambda::Function'))).toContain('VpcConfig');
    expect(JSON.stringify(template.findResources('AWS::IAM::Role'))).toContain('AWSLambdaENIManagementAccess');
  });

  test('is shared by constructs with the same options, or with none', () => {
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const vpcSubnets = { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS };
    build({ vpc, vpcSubnets }, 'One');
    build({ vpc, vpcSubnets: { ...vpcSubnets } }, 'Two');
    build(undefined, 'Three');
    expect(complaintsOf(stack)).toBe('');
    Template.fromStack(stack).resourceCountIs('AWS::Lambda::Function', 1);
  });

  test('is refused for a construct with other options', () => {
    build({ architecture: lambda.Architecture.X86_64 }, 'One');
    expect(() => build({ architecture: lambda.Architecture.ARM_64 }, 'Two')).toThrow(
      'Stack/Two, deploymentFunction: has other options than the function that the constructs of a stack share, got architecture; ' +
      'allowed: the options of Stack/One, which is declared first; set the same options for both, or only for the one that is declared first');
  });
});
