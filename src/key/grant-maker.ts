import * as path from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  acceptFindings, FUNCTION_IN_THE_ACCOUNT_POOL, FUNCTION_OUTSIDE_A_NETWORK, LOG_READABLE_WITHOUT_A_KEY, NO_DEAD_LETTERS_OF_DEPLOYMENTS,
  RIGHTS_OF_ONE_ROLE,
} from '../accepted-findings';
import { HANDLER_TIMEOUT_SECONDS, SERVICE_TIMEOUT_SECONDS } from '../contract/limits';

/** One for all grants of a stack. Grants name its role as the one who retires them, so that the id never changes. */
const ID = 'KmsGrantMaker';

/** The handler as it is shipped. The path is the same seen from `src/` and, once compiled, from `lib/`. */
const HANDLER = path.join(__dirname, '..', '..', 'assets', 'kms-grant');

/**
 * The function behind `Custom::KmsGrant`: one in each stack, for all its grants.
 *
 * Its role is born with the right to write its own log, and nothing else. Each grant lets it make that grant, and end it.
 */
export class GrantMaker extends Construct {
  /** The maker of this stack, made when it is first asked for. */
  public static getOrCreate(scope: Construct): GrantMaker {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(ID) as GrantMaker | undefined;
    return existing ?? new GrantMaker(stack, ID);
  }

  public readonly role: iam.Role;
  public readonly serviceToken: string;

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    const log = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.DESTROY });
    this.role = new iam.Role(this, 'Role', {
      description: 'Makes grants on KMS keys, and ends them, while they are deployed',
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    const handler = new lambda.Function(this, 'Handler', {
      description: 'Custom::KmsGrant: makes grants on KMS keys, and ends them, while they are deployed',
      code: lambda.Code.fromAsset(HANDLER),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(HANDLER_TIMEOUT_SECONDS),
      // An event that has waited for longer is one that nobody waits for any more: what it asks for may have been taken back since.
      maxEventAge: Duration.seconds(SERVICE_TIMEOUT_SECONDS),
      logGroup: log,
      role: this.role,
    });
    log.grantWrite(this.role).applyBefore(handler);
    acceptFindings(log, LOG_READABLE_WITHOUT_A_KEY);
    acceptFindings(this.role.node.findChild('DefaultPolicy'), RIGHTS_OF_ONE_ROLE);
    acceptFindings(handler, NO_DEAD_LETTERS_OF_DEPLOYMENTS, FUNCTION_OUTSIDE_A_NETWORK, FUNCTION_IN_THE_ACCOUNT_POOL);
    this.serviceToken = handler.functionArn;
  }
}
