import * as path from 'node:path';
import { type Duration } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import {
  acceptFindings, EVIDENCE_BY_ITS_AREA, FUNCTION_IN_THE_ACCOUNT_POOL, FUNCTION_OUTSIDE_A_NETWORK, LAMBDA_NETWORK_INTERFACES,
  type AcceptedFinding,
} from '../../compliance/accepted-findings';
import { FunctionVariable } from '../../contract/runs/function-steps';

/** The bundled handlers. The relative path is the same from `src/` and from `lib/`. */
const ASSETS = path.join(__dirname, '..', '..', '..', 'assets');

/** Longest description that Lambda accepts. An alias can be nearly as long. */
const MAX_DESCRIPTION_LENGTH = 256;

/** The environment of the functions of a family: network, log group and evidence. */
export interface FunctionSurroundings {
  readonly evidence: s3.IBucket;
  readonly logGroup: logs.ILogGroup;
  readonly architecture: lambda.Architecture;
  /** Optional: without it, the functions run outside your VPCs. */
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** The properties in which the functions of a family differ. */
export interface FamilyFunctionProps {
  readonly surroundings: FunctionSurroundings;
  /** The folder of its handler below `assets/`. */
  readonly asset: string;
  readonly description: string;
  readonly timeout: Duration;
  /** The maximum age of an event that Lambda still delivers. @default - six hours, the default of AWS Lambda */
  readonly maxEventAge?: Duration;
  /** Undefined if it is not known, which is reported at synthesis. */
  readonly memoryMebibytes: number | undefined;
  /** The IAM policy of its role. The key policy of each generation allows the rest. */
  readonly statements: iam.PolicyStatement[];
  /** Findings of cdk-nag that apply to this function only. */
  readonly accepted: AcceptedFinding[];
}

/** A function of a family, and its role with explicit permissions. */
export class FamilyFunction extends Construct implements iam.IGrantable {
  public readonly role: iam.Role;
  public readonly handler: lambda.Function;
  public readonly grantPrincipal: iam.IPrincipal;

  public constructor(scope: Construct, id: string, props: FamilyFunctionProps) {
    super(scope, id);
    const { evidence, logGroup, vpc, vpcSubnets, securityGroups } = props.surroundings;
    this.role = new iam.Role(this, 'Role', {
      description: props.description,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: { Rights: new iam.PolicyDocument({ statements: [mayWriteLogs(logGroup), ...props.statements] }) },
      managedPolicies: vpc === undefined ? [] : [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaENIManagementAccess')],
    });
    this.grantPrincipal = this.role;
    this.handler = new lambda.Function(this, 'Handler', {
      description: props.description.slice(0, MAX_DESCRIPTION_LENGTH),
      code: lambda.Code.fromAsset(path.join(ASSETS, props.asset)),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: props.surroundings.architecture,
      memorySize: props.memoryMebibytes,
      timeout: props.timeout,
      maxEventAge: props.maxEventAge,
      environment: { [FunctionVariable.EVIDENCE_BUCKET]: evidence.bucketName },
      role: this.role,
      logGroup,
      vpc,
      vpcSubnets,
      securityGroups,
    });
    const network = vpc === undefined ? FUNCTION_OUTSIDE_A_NETWORK : LAMBDA_NETWORK_INTERFACES;
    acceptFindings(this, network, FUNCTION_IN_THE_ACCOUNT_POOL, EVIDENCE_BY_ITS_AREA, ...props.accepted);
  }
}

function mayWriteLogs(logGroup: logs.ILogGroup): iam.PolicyStatement {
  return new iam.PolicyStatement({
    sid: 'WritesItsLog', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn],
  });
}
