import type { KMSClient } from '@aws-sdk/client-kms';
import { LocalFunctions, type FunctionDefinition, type FunctionLoader } from './local-functions';
import { nextDue, parseDailyCron, type LocalSchedule } from './local-schedules';
import { localProvisioners, type LocalServices } from './provisioners';
import type { Clock } from '../../lambda/ports/clock';
import { LocalStack } from '../cloudformation/local-stack';
import type { SynthesizedStack } from '../cloudformation/synthesize';
import { LocalEventBus } from '../events/local-event-bus';
import { targetInput } from '../events/target-input';
import type { VirtualClock } from '../kms/model/time/clock';
import type { AuditRecord } from '../kms/service/audit/audit-log';
import { toCloudTrailRecord } from '../kms/service/audit/cloud-trail';
import type { FaultRule } from '../kms/service/faults/fault-rule';
import { loadShippedFunction } from '../lambda/shipped-function';
import { ACCOUNT, Laptop, REGION } from '../laptop';
import type { ExecutionObserver } from '../step-functions/execution/observer';
import { parseDefinition, type Definition } from '../step-functions/interpreter/parse-definition';
import { LocalStepFunctions } from '../step-functions/local-step-functions';
import { virtualSleep } from '../virtual-sleep';

/** Options of `LocalAccount.open`. */
export interface LocalAccountOptions {
  readonly seed?: number;
  readonly faults?: readonly FaultRule[];
  /** @default - a clock that follows the real time */
  readonly clock?: VirtualClock;
  /** @default - the bundles that the package ships */
  readonly load?: (account: LocalAccount) => FunctionLoader;
  /** Called after every call to KMS. @default - no callback */
  readonly onKmsCall?: (record: AuditRecord) => void;
  /** Returns observers for the executions of a state machine. @default - no observers */
  readonly observe?: (machineName: string, definition: Definition) => readonly ExecutionObserver[];
}

const DAY_MILLISECONDS = 24 * 3_600_000;

/**
 * A local AWS account. Stacks are deployed from their synthesized templates, functions are the shipped bundles, state
 * machines are interpreted, schedules and rules invoke their targets, and time is virtual.
 */
export class LocalAccount {
  public static async open(options: LocalAccountOptions = {}): Promise<LocalAccount> {
    const calls: { listener?: (record: AuditRecord) => void } = {};
    const { seed = 1, faults = [], clock: time } = options;
    const laptop = await Laptop.open({ seed, faults, clock: time, onKmsCall: (record) => calls.listener?.(record) });
    const clock = virtualSleep(laptop.kms.clock);
    const account = new LocalAccount(laptop, clock, await LocalStepFunctions.start({ clock }), options);
    calls.listener = (record) => {
      options.onKmsCall?.(record);
      account.bus.deliver(toCloudTrailRecord(record, (accessKey) => account.principalOf(accessKey)));
    };
    return account;
  }

  public readonly functions: LocalFunctions;
  private readonly bus = new LocalEventBus();
  private readonly schedules = new Map<string, LocalSchedule>();
  private readonly stacks = new Map<string, LocalStack>();
  /** Assets of all deployed templates: a rollback can refer to code that only an earlier template contains. */
  private readonly assets = new Map<string, string>();
  private readonly deployment: KMSClient;

  private constructor(
    public readonly laptop: Laptop,
    /** A wait on this clock returns immediately and advances the virtual time. */
    public readonly clock: Clock,
    public readonly stepFunctions: LocalStepFunctions,
    private readonly options: LocalAccountOptions,
  ) {
    this.functions = new LocalFunctions(options.load?.(this) ?? ((definition) => this.loadShipped(definition)));
    this.deployment = laptop.kmsClient('deployment', 4);
  }

  /** Creates a stack, or updates it to another template. */
  public async deploy(synthesized: SynthesizedStack): Promise<LocalStack> {
    const { stackName, template, assets } = synthesized;
    for (const [codeKey, asset] of assets) this.assets.set(codeKey, asset);
    const stack = this.stacks.get(stackName) ?? new LocalStack({
      stackName,
      pseudoParameters: {
        'AWS::Partition': 'aws',
        'AWS::Region': REGION,
        'AWS::AccountId': ACCOUNT,
        'AWS::StackName': stackName,
        'AWS::URLSuffix': 'amazonaws.com',
      },
      provisioners: localProvisioners(this.services()),
    });
    this.stacks.set(stackName, stack);
    await stack.deploy(template);
    return stack;
  }

  /** The stack with this name. It exists from the start of its first deployment. */
  public stackNamed(stackName: string): LocalStack {
    const found = this.stacks.get(stackName);
    if (found === undefined) throw new Error(`stack ${stackName} does not exist in this account`);
    return found;
  }

  /**
   * Advances the time, and invokes every schedule that becomes due. Waits for what an invocation starts before
   * the next one.
   */
  public async runFor(milliseconds: number, afterEachInvocation: () => Promise<void> = async () => undefined): Promise<void> {
    const end = this.clock.now().getTime() + milliseconds;
    for (;;) {
      const now = this.clock.now();
      const [next] = [...this.schedules.values()]
        .map((schedule) => ({ schedule, at: nextDue(schedule, now) }))
        .sort((one, other) => one.at.getTime() - other.at.getTime());
      if (next === undefined || next.at.getTime() > end) break;
      this.laptop.kms.clock.set(next.at);
      await this.functions.invoke(next.schedule.functionArn, next.schedule.input);
      await this.idle();
      await afterEachInvocation();
    }
    const left = end - this.clock.now().getTime();
    if (left > 0) this.laptop.kms.clock.advance(left);
  }

  /** Invokes the target of every schedule now, in addition to the due invocations, and waits for what it starts. */
  public async invokeSchedules(): Promise<void> {
    for (const { functionArn, input } of [...this.schedules.values()]) await this.functions.invoke(functionArn, input);
    await this.idle();
  }

  /** Advances the time day by day until a condition is true. Throws if it is not true after `maxDays`. */
  public async runUntil(
    description: string, condition: () => Promise<boolean>, maxDays: number, afterEachInvocation?: () => Promise<void>,
  ): Promise<void> {
    for (let day = 0; day < maxDays; day++) {
      if (await condition()) return;
      await this.runFor(DAY_MILLISECONDS, afterEachInvocation);
    }
    if (!await condition()) throw new Error(`${description}: not reached after ${maxDays} days`);
  }

  /** Waits until no execution is running and no event is being delivered. */
  public async idle(): Promise<void> {
    await this.stepFunctions.idle();
    await this.bus.idle();
  }

  /** The function that runs a handler, for example `worker`. */
  public functionByAsset(asset: string): FunctionDefinition {
    const found = [...this.functions.definitions.values()].find((definition) => definition.asset === asset);
    if (found === undefined) throw new Error(`no function of this account runs the handler ${asset}`);
    return found;
  }

  /** The access key under which a role makes calls: the name of the role. */
  public accessKeyOf(roleArn: string): string {
    return roleArn.split('/').at(-1) as string;
  }

  /** The environment variables of a function. */
  public environmentOf({ roleArn, environment }: FunctionDefinition): { [name: string]: string } {
    const credentials = this.laptop.handlerEnvironment(this.accessKeyOf(roleArn));
    return { ...credentials, AWS_ENDPOINT_URL_SFN: this.stepFunctions.endpoint, ...environment };
  }

  public async close(): Promise<void> {
    await this.stepFunctions.stop();
    await this.laptop.close();
  }

  private loadShipped(definition: FunctionDefinition) {
    return loadShippedFunction({ asset: definition.asset, environment: this.environmentOf(definition), clock: this.clock });
  }

  private assetOf(codeKey: string): string {
    const asset = this.assets.get(codeKey);
    if (asset === undefined) throw new Error(`code ${codeKey} is not a handler that the package ships`);
    return asset;
  }

  private principalOf(accessKey: string): string {
    const role = [...this.functions.definitions.values()].find(({ roleArn }) => this.accessKeyOf(roleArn) === accessKey);
    return role?.roleArn ?? `arn:aws:iam::${ACCOUNT}:user/${accessKey}`;
  }

  private services(): LocalServices {
    const { laptop, functions, stepFunctions, schedules, bus, options } = this;
    return {
      account: ACCOUNT,
      region: REGION,
      kms: this.deployment,
      dynamo: laptop.dynamoClient('deployment', 4),
      createBucket: (name) => laptop.s3.createBucket(name),
      functions: {
        define: (arn, { Code, Role, Environment }) =>
          functions.define(arn, { asset: this.assetOf(Code.S3Key), roleArn: Role, environment: Environment?.Variables ?? {} }),
        remove: (arn) => functions.remove(arn),
        invoke: async (arn, event) => functions.invoke(arn, event),
      },
      machines: {
        define: (arn, text) => {
          const definition = parseDefinition(text);
          const name = arn.split(':').at(-1) as string;
          const invoke = (functionArn: string) => async (payload: unknown) => functions.invoke(functionArn, payload);
          stepFunctions.register(arn, definition, invoke, options.observe?.(name, definition));
        },
        remove: (arn) => {
          // A running execution can be waiting for this deployment, so this does not wait for its end.
          for (const execution of stepFunctions.executions) {
            if (execution.machineArn === arn && execution.status === 'RUNNING') void execution.stop();
          }
        },
      },
      schedules: {
        define: (name, { ScheduleExpression, State, Target }) => {
          if (State === 'DISABLED') return void schedules.delete(name);
          schedules.set(name, { minute: parseDailyCron(ScheduleExpression), functionArn: Target.Arn, input: JSON.parse(Target.Input) });
        },
        remove: (name) => void schedules.delete(name),
      },
      rules: {
        define: (name, { EventPattern, State, Targets }) => bus.define(name, {
          pattern: EventPattern,
          state: State,
          target: async (event) => {
            for (const target of Targets) await functions.invoke(target.Arn, targetInput(target, event));
          },
        }),
        remove: (name) => bus.remove(name),
      },
    };
  }
}
