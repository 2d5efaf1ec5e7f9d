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

/** The handlers as they are shipped. The path is the same seen from `src/` and, once compiled, from `lib/`. */
const ASSETS = path.join(__dirname, '..', '..', '..', 'assets');

/** Lambda takes no longer description, and an alias may be nearly as long. */
const MAX_DESCRIPTION_LENGTH = 256;

/** Where the functions of a family run, and where they write. */
export interface FunctionSurroundings {
  readonly evidence: s3.IBucket;
  readonly logGroup: logs.ILogGroup;
  /** Absent: outside any network of the customer. */
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** What makes a function of a family different from the other two. */
export interface FamilyFunctionProps {
  readonly surroundings: FunctionSurroundings;
  /** The folder of its handler below `assets/`. */
  readonly asset: string;
  readonly description: string;
  readonly timeout: Duration;
  readonly memoryMebibytes: number;
  /** All that its role may do by itself. The rest says the key policy of each generation. */
  readonly statements: iam.PolicyStatement[];
  /** What cdk-nag finds in this one and not in the other two. */
  readonly accepted: AcceptedFinding[];
}

/** A function of a family and its role: one set of rights, written out. */
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
      architecture: lambda.Architecture.ARM_64,
      memorySize: props.memoryMebibytes,
      timeout: props.timeout,
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
  return new iam.PolicyStatement({ sid: 'WritesItsLog', actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroup.logGroupArn] });
}
