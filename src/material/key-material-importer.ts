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
import { HANDLER_TIMEOUT_SECONDS } from '../contract/limits';

/** One for all imported keys of a stack. */
const ID = 'KmsKeyMaterialImporter';

/** The handler as it is shipped. The path is the same seen from `src/` and, once compiled, from `lib/`. */
const HANDLER = path.join(__dirname, '..', '..', 'assets', 'key-material');

/**
 * The function behind `Custom::KmsKeyMaterial`: one in each stack, for all its imported keys.
 *
 * Its role is born with the right to write its own log, and nothing else. Sources of key material let it read them; the policy of each
 * key lets it import there.
 */
export class KeyMaterialImporter extends Construct implements iam.IGrantable {
  /** The importer of this stack, made when it is first asked for. */
  public static getOrCreate(scope: Construct): KeyMaterialImporter {
    const stack = Stack.of(scope);
    const existing = stack.node.tryFindChild(ID) as KeyMaterialImporter | undefined;
    return existing ?? new KeyMaterialImporter(stack, ID);
  }

  public readonly grantPrincipal: iam.IPrincipal;
  public readonly serviceToken: string;

  private constructor(scope: Construct, id: string) {
    super(scope, id);
    const log = new logs.LogGroup(this, 'Log', { retention: logs.RetentionDays.ONE_YEAR, removalPolicy: RemovalPolicy.DESTROY });
    const role = new iam.Role(this, 'Role', {
      description: 'Brings key material into KMS keys while they are deployed',
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    const handler = new lambda.Function(this, 'Handler', {
      description: 'Custom::KmsKeyMaterial: brings key material into KMS keys while they are deployed',
      code: lambda.Code.fromAsset(HANDLER),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.seconds(HANDLER_TIMEOUT_SECONDS),
      logGroup: log,
      role,
    });
    log.grantWrite(role).applyBefore(handler);
    acceptFindings(log, LOG_READABLE_WITHOUT_A_KEY);
    acceptFindings(role.node.findChild('DefaultPolicy'), RIGHTS_OF_ONE_ROLE);
    acceptFindings(handler, NO_DEAD_LETTERS_OF_DEPLOYMENTS, FUNCTION_OUTSIDE_A_NETWORK, FUNCTION_IN_THE_ACCOUNT_POOL);
    this.grantPrincipal = role;
    this.serviceToken = handler.functionArn;
  }
}
