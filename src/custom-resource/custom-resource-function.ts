import * as path from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type DeploymentFunctionOptions } from './deployment-function-options';
import {
  acceptFindings, FUNCTION_IN_THE_ACCOUNT_POOL, FUNCTION_OUTSIDE_A_NETWORK, LAMBDA_NETWORK_INTERFACES,
  LOG_READABLE_WITHOUT_A_KEY, NO_DEAD_LETTERS_OF_DEPLOYMENTS,
  RIGHTS_OF_ONE_ROLE,
} from '../compliance/accepted-findings';
import { HANDLER_TIMEOUT_SECONDS, SERVICE_TIMEOUT_SECONDS } from '../contract/limits';
import { describeProblem } from '../contract/problem';

/** Folder of the bundled handlers. The relative path is the same from `src/` and from the compiled `lib/`. */
const HANDLERS = path.join(__dirname, '..', '..', 'assets');

/** Properties of the function behind one type of custom resource. */
export interface CustomResourceFunctionProps {
  readonly resourceType: string;
  /** The folder of the handler in the assets. */
  readonly handler: string;
  /** The description of the function and its role. It begins with a capital letter. */
  readonly purpose: string;
  /** Network and processor. @default - outside your VPCs, on ARM */
  readonly options?: DeploymentFunctionOptions;
}

/**
 * Function behind a type of custom resource: one per stack, for all its resources of that type.
 *
 * Initially its role may only write its own log. Each resource adds the permissions that it needs.
 */
export class CustomResourceFunction extends Construct implements iam.IGrantable {
  /** The function with that id in this stack, created at the first call. */
  public static getOrCreate(scope: Construct, id: string, props: CustomResourceFunctionProps): CustomResourceFunction {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(id) as CustomResourceFunction | undefined;
    existing?.requireSameOptions(scope, props.options);
    return existing ?? new CustomResourceFunction(stack, id, scope, props);
  }

  public readonly role: iam.Role;
  public readonly serviceToken: string;

  private readonly options: DeploymentFunctionOptions;

  /** @param creator the construct for which the function is created, and whose options it has */
  private constructor(stack: Stack, id: string, private readonly creator: Construct, props: CustomResourceFunctionProps) {
    super(stack, id);
    const { resourceType, handler: asset, purpose, options = {} } = props;
    const { vpc, vpcSubnets, securityGroups, architecture = lambda.Architecture.ARM_64 } = options;
    this.options = options;
    const log = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.DESTROY });
    this.role = new iam.Role(this, 'Role', {
      description: purpose,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: vpc && [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaENIManagementAccess')],
    });
    const handler = new lambda.Function(this, 'Handler', {
      description: `${resourceType}: ${purpose.charAt(0).toLowerCase()}${purpose.slice(1)}`,
      code: lambda.Code.fromAsset(path.join(HANDLERS, asset)),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture,
      memorySize: 256,
      timeout: Duration.seconds(HANDLER_TIMEOUT_SECONDS),
      // By default for six hours: after a rollback, an older event would restore what was rolled back.
      maxEventAge: Duration.seconds(SERVICE_TIMEOUT_SECONDS),
      logGroup: log,
      role: this.role,
      vpc,
      vpcSubnets,
      securityGroups,
    });
    log.grantWrite(this.role).applyBefore(handler);
    acceptFindings(log, LOG_READABLE_WITHOUT_A_KEY);
    acceptFindings(this.role.node.findChild('DefaultPolicy'), RIGHTS_OF_ONE_ROLE);
    const network = vpc === undefined ? FUNCTION_OUTSIDE_A_NETWORK : LAMBDA_NETWORK_INTERFACES;
    acceptFindings(this, network);
    acceptFindings(handler, NO_DEAD_LETTERS_OF_DEPLOYMENTS, FUNCTION_IN_THE_ACCOUNT_POOL);
    this.serviceToken = handler.functionArn;
  }

  /**
   * The function exists, so that its options cannot change. A construct without options uses it as it is.
   */
  private requireSameOptions(scope: Construct, options: DeploymentFunctionOptions | undefined): void {
    if (options === undefined) return;
    const names = [...new Set([...Object.keys(options), ...Object.keys(this.options)])] as (keyof DeploymentFunctionOptions)[];
    const different = names.filter((name) => !isSame(options[name], this.options[name]));
    if (different.length === 0) return;
    throw new Error(describeProblem({
      where: `${scope.node.path}, deploymentFunction`,
      what: 'has other options than the function that the constructs of a stack share',
      given: different.join(', '),
      allowed: `the options of ${this.creator.node.path}, which is declared first`,
      remedy: 'set the same options for both, or only for the one that is declared first',
    }));
  }

  public get grantPrincipal(): iam.IPrincipal {
    return this.role;
  }
}

/** Whether two options are the same objects, alone or in a list, or selections of subnets with the same members. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null || Construct.isConstruct(one)) return false;
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return names.every((name) => isSame((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]));
}
