import { Aws, Duration, Names, RemovalPolicy, type Size } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { evidenceStatements } from './evidence-bucket';
import { controlIdentityStatements, retirementIdentityStatements, type ControlledFamily } from './family-access';
import { FamilyFunction, type FunctionSurroundings } from './family-function';
import {
  acceptFindings, KEYS_CREATED_AT_RUN_TIME, LISTS_ALIASES, LOG_READABLE_WITHOUT_A_KEY, NO_DEAD_LETTERS_OF_DEPLOYMENTS,
  NO_DEAD_LETTERS_OF_THE_WATCH, NO_DEAD_LETTERS_WHERE_CALLERS_WAIT, STREAMS_OF_THE_LOG,
} from '../../compliance/accepted-findings';
import type { FamilyRoles } from '../../contract/family/family-description';
import { HANDLER_TIMEOUT_SECONDS, SERVICE_TIMEOUT_SECONDS } from '../../contract/limits';
import type { KeyMaterialSource } from '../../material/key-material-source';
import { wholeMebibytes } from '../../validation/in-range';
import { type ExistingKey } from '../values/existing-key';
import { receiveFrom, receiveStatement, watchQueue } from '../watch/watch-queue';

const RETIREMENT_TIMEOUT = Duration.minutes(10);

/** Properties of `FamilyFunctions`. */
export interface FamilyFunctionsProps {
  readonly aliasName: string;
  /** The owner that declares the family. */
  readonly owner: string;
  /** Optional: without it, AWS KMS generates the key material. */
  readonly material?: KeyMaterialSource;
  /** The key to adopt as generation 0. */
  readonly startFrom?: ExistingKey;
  /** The owner from which the family is adopted. */
  readonly adoptFrom?: string;
  readonly evidence: s3.IBucket;
  /** Optional: without it, a new log group is created. */
  readonly logGroup?: logs.ILogGroup;
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  /** Optional: without it, and with a VPC, one new group is created for all three functions. */
  readonly securityGroups?: ec2.ISecurityGroup[];
  /** Optional: without it, ARM. */
  readonly architecture?: lambda.Architecture;
  readonly workerMemorySize: Size;
}

/**
 * The three functions of a family, each with its own permissions: control creates keys and cannot re-encrypt, the
 * worker re-encrypts and cannot manage, retirement deletes and can do neither.
 */
export class FamilyFunctions extends Construct {
  /** Manages keys, aliases, key policies and key material, and runs the daily reconcile run. */
  public readonly control: FamilyFunction;
  /** Re-encrypts and counts. */
  public readonly worker: FamilyFunction;
  /** Disables and watches generations, and schedules their deletion. */
  public readonly retirement: FamilyFunction;
  /** The queue of failed KMS calls for the retirement function. */
  public readonly watchQueue: sqs.IQueue;
  /** The log group of all three functions. */
  public readonly logGroup: logs.ILogGroup;

  public constructor(scope: Construct, id: string, props: FamilyFunctionsProps) {
    super(scope, id);
    const { aliasName, evidence } = props;
    const controlled: ControlledFamily = {
      aliasName,
      origin: props.material === undefined ? 'AWS_KMS' : 'EXTERNAL',
      startFromKeyArn: props.startFrom?.keyArn,
      owner: props.owner,
      adoptFrom: props.adoptFrom,
    };
    this.logGroup = props.logGroup ?? ownLog(this);
    const surroundings = surroundingsOf(this, this.logGroup, props);

    this.control = new FamilyFunction(this, 'Control', {
      surroundings,
      asset: 'control',
      description: `Creates, names and fences generations of ${aliasName}, and reconciles them every day`,
      timeout: Duration.seconds(HANDLER_TIMEOUT_SECONDS),
      // After a rollback, an older event of CloudFormation would restore what was rolled back.
      maxEventAge: Duration.seconds(SERVICE_TIMEOUT_SECONDS),
      memoryMebibytes: 512,
      statements: [
        ...controlIdentityStatements(this, controlled),
        ...evidenceStatements(evidence, {
          read: ['runs', 'watch', 'certificates', 'adoptions', 'stores', 'generations', 'deployments'],
          write: ['adoptions', 'stores', 'generations', 'deployments'],
        }),
      ],
      accepted: [NO_DEAD_LETTERS_OF_DEPLOYMENTS, ...KEYS_CREATED_AT_RUN_TIME],
    });
    this.worker = new FamilyFunction(this, 'Worker', {
      surroundings,
      asset: 'worker',
      description: `Re-encrypts and counts the data keys of ${aliasName}, and cannot decrypt them`,
      timeout: Duration.minutes(15),
      memoryMebibytes: wholeMebibytes(props.workerMemorySize),
      statements: evidenceStatements(evidence, { read: ['runs'], write: ['runs'] }),
      accepted: [NO_DEAD_LETTERS_WHERE_CALLERS_WAIT],
    });
    this.watchQueue = watchQueue(this, RETIREMENT_TIMEOUT);
    this.retirement = new FamilyFunction(this, 'Retirement', {
      surroundings,
      asset: 'retirement',
      description: `Watches old generations of ${aliasName}, and disables and deletes those on which nothing depends`,
      timeout: RETIREMENT_TIMEOUT,
      memoryMebibytes: 512,
      statements: [
        ...retirementIdentityStatements(),
        receiveStatement(this.watchQueue),
        ...evidenceStatements(evidence, { read: ['runs', 'watch', 'certificates', 'stores'], write: ['watch', 'certificates'] }),
      ],
      accepted: [NO_DEAD_LETTERS_OF_THE_WATCH, LISTS_ALIASES],
    });
    receiveFrom(this.watchQueue, this, this.retirement.handler);
    if (props.logGroup !== undefined) acceptFindings(this, STREAMS_OF_THE_LOG);
  }

  /** The roles, as the description of a family contains them. */
  public get roleArns(): Omit<FamilyRoles, 'breakGlass'> {
    return { control: this.control.role.roleArn, worker: this.worker.role.roleArn, retirement: this.retirement.role.roleArn };
  }

  /**
   * Allows the reconcile run to start what is due.
   *
   * The policy is separate, and the function does not depend on it: the state machines refer to the function, so a
   * reference back would be circular.
   */
  public allowReconcileToStart(machines: sfn.IStateMachine[]): void {
    const resources = machines.map(({ stateMachineArn }) => stateMachineArn);
    new iam.Policy(this, 'StartsMachines', {
      roles: [this.control.role],
      statements: [new iam.PolicyStatement({
        sid: 'StartsWhatIsDue', actions: ['states:StartExecution', 'states:ListExecutions'], resources,
      })],
    });
  }
}

/**
 * Beginning of the name of a log group to which a state machine writes. Such log groups share one statement in the
 * resource policy of CloudWatch Logs, which holds 5,120 characters: with other names, the logs of about ten families
 * fill it.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
 */
const VENDED_LOGS = '/aws/vendedlogs/states/cdk-kms-lifecycle/';

/** Leaves room for the name of the stack in the 512 characters of a name. */
const MAX_ID_LENGTH = 255;

function ownLog(scope: Construct): logs.LogGroup {
  const log = new logs.LogGroup(scope, 'Log', {
    logGroupName: `${VENDED_LOGS}${Aws.STACK_NAME}/${Names.uniqueResourceName(scope, { maxLength: MAX_ID_LENGTH, separator: '-' })}`,
    retention: logs.RetentionDays.ONE_YEAR,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acceptFindings(log, LOG_READABLE_WITHOUT_A_KEY);
  return log;
}

function surroundingsOf(scope: Construct, logGroup: logs.ILogGroup, props: FamilyFunctionsProps): FunctionSurroundings {
  const { evidence, vpc, vpcSubnets, securityGroups, architecture = lambda.Architecture.ARM_64 } = props;
  if (vpc === undefined) return { evidence, logGroup, architecture };
  const description = 'Functions of a rotating key: outbound traffic to AWS, no inbound traffic';
  const groups = securityGroups ?? [new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, description })];
  return { evidence, logGroup, architecture, vpc, vpcSubnets, securityGroups: groups };
}
