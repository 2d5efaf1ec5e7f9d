import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as lambda from 'aws-cdk-lib/aws-lambda';

/**
 * Network and processor of a Lambda function that works during deployments.
 *
 * The function is shared: a stack has one for all its keys with imported key material, and one for all its grants. Set
 * the same options for all of them, or only for the one that is declared first.
 */
export interface DeploymentFunctionOptions {
  /**
   * VPC of the function. It needs access to KMS, CloudFormation (whose responses go to S3), and Secrets Manager.
   *
   * @default - the function runs outside your VPCs
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets of the function.
   *
   * @default - the private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups of the function.
   *
   * @default - a new one that allows all outbound and no inbound traffic
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * Processor of the function.
   *
   * @default lambda.Architecture.ARM_64
   */
  readonly architecture?: lambda.Architecture;
}
