import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { DeploymentFunctionOptions } from './deployment-function-options';
import { isPlainObject } from '../validation/given-value';
import { construct, listOf, memberOf, withExample, type Kind } from '../validation/kinds';
import { objectOf, optional, type Shape } from '../validation/shape';

const SUBNETS: Kind = {
  allowed: 'a selection of subnets (ec2.SubnetSelection)', remedy: 'pass an object such as { subnetType: ... }', accepts: isPlainObject,
};

/** Network and processor of functions. */
export const FUNCTION_SHAPE: Shape<DeploymentFunctionOptions> = {
  vpc: optional(withExample('vpc', construct('a VPC (ec2.IVpc)', 'pass a VPC, or ec2.Vpc.fromLookup', 'vpcId'))),
  vpcSubnets: optional(SUBNETS),
  securityGroups: optional(listOf(construct('a security group (ec2.ISecurityGroup)', 'pass a security group', 'securityGroupId'))),
  architecture: optional(memberOf(
    'lambda.Architecture', lambda.Architecture, 'use lambda.Architecture.ARM_64 or lambda.Architecture.X86_64', 'dockerPlatform',
  )),
};

/** The options of a function as one property. */
export const DEPLOYMENT_FUNCTION = optional(objectOf(FUNCTION_SHAPE));
