import * as path from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  acceptFindings, FUNCTION_IN_THE_ACCOUNT_POOL, FUNCTION_OUTSIDE_A_NETWORK, LOG_READABLE_WITHOUT_A_KEY, NO_DEAD_LETTERS_OF_DEPLOYMENTS,
  RIGHTS_OF_ONE_ROLE,
} from '../compliance/accepted-findings';
import { HANDLER_TIMEOUT_SECONDS } from '../contract/limits';

/** Folder of the bundled handlers. The relative path is the same from `src/` and from the compiled `lib/`. */
const HANDLERS = path.join(__dirname, '..', '..', 'assets');

/** Properties of the function behind one type of custom resource. */
export interface CustomResourceFunctionProps {
  readonly resourceType: string;
  /** The folder of the handler in the assets. */
  readonly handler: string;
  /** The description of the function and its role. It begins with a capital letter. */
  readonly purpose: string;
  /** The maximum age of an event that Lambda still delivers. @default - six hours, the default of AWS Lambda */
  readonly maxEventAge?: Duration;
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
    return existing ?? new CustomResourceFunction(stack, id, props);
  }

  public readonly role: iam.Role;
  public readonly serviceToken: string;

  private constructor(scope: Construct, id: string, { resourceType, handler: asset, purpose, maxEventAge }: CustomResourceFunctionProps) {
    super(scope, id);
    const log = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.DESTROY });
    this.role = new iam.Role(this, 'Role', { description: purpose, assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    const handler = new lambda.Function(this, 'Handler', {
      description: `${resourceType}: ${purpose.charAt(0).toLowerCase()}${purpose.slice(1)}`,
      code: lambda.Code.fromAsset(path.join(HANDLERS, asset)),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(HANDLER_TIMEOUT_SECONDS),
      maxEventAge,
      logGroup: log,
      role: this.role,
    });
    log.grantWrite(this.role).applyBefore(handler);
    acceptFindings(log, LOG_READABLE_WITHOUT_A_KEY);
    acceptFindings(this.role.node.findChild('DefaultPolicy'), RIGHTS_OF_ONE_ROLE);
    acceptFindings(handler, NO_DEAD_LETTERS_OF_DEPLOYMENTS, FUNCTION_OUTSIDE_A_NETWORK, FUNCTION_IN_THE_ACCOUNT_POOL);
    this.serviceToken = handler.functionArn;
  }

  public get grantPrincipal(): iam.IPrincipal {
    return this.role;
  }
}
