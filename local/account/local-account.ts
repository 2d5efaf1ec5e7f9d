import type { KMSClient } from '@aws-sdk/client-kms';
import { SFNClient } from '@aws-sdk/client-sfn';
import { FunctionInvocations } from './function-invocations';
import { LocalFunctions, type FunctionDefinition, type FunctionLoader } from './local-functions';
import { LocalQueues } from './local-queues';
import { LocalSchedules, parseDailyCron, type LocalSchedule } from './local-schedules';
import { PassingTime, type AfterInvocation } from './passing-time';
import { localProvisioners, type LocalServices } from './provisioners';
import type { Clock } from '../../lambda/ports/clock';
import { sendEvent, type CustomResourceResponse, type SentEvent } from '../cloudformation/custom-resource-caller';
import { LocalStack } from '../cloudformation/local-stack';
import type { SynthesizedStack } from '../cloudformation/synthesize';
import { LocalEventBus } from '../events/local-event-bus';
import { targetInput } from '../events/target-input';
import { Trail, type TrailSettings } from '../events/trail';
import { RefusedCalls, refusedByKms } from '../iam/refused-calls';
import type { VirtualClock } from '../kms/model/time/clock';
import type { AuditRecord } from '../kms/service/audit/audit-log';
import { toCloudTrailRecord } from '../kms/service/audit/cloud-trail';
import type { FaultRule } from '../kms/service/faults/fault-rule';
import { loadShippedFunction } from '../lambda/shipped-function';
import { ACCOUNT, identity, Laptop, REGION, type LaptopOptions } from '../laptop';
import type { ExecutionObserver } from '../step-functions/execution/observer';
import { parseDefinition, type Definition } from '../step-functions/interpreter/parse-definition';
import { LocalStepFunctions } from '../step-functions/local-step-functions';

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
  /** How CloudTrail delivers events. @default - every event arrives once, immediately and in order */
  readonly trail?: Partial<TrailSettings>;
  /** How late KMS shows and enforces changes. @default - immediately */
  readonly delays?: LaptopOptions['delays'];
  /** Clients call the services in this process, without HTTP: see `LaptopOptions`. @default - clients call servers */
  readonly inProcess?: LaptopOptions['inProcess'];
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
    const { seed = 1, faults = [], clock: time, delays, inProcess } = options;
    const laptop = await Laptop.open({ seed, faults, clock: time, delays, inProcess, onKmsCall: (record) => calls.listener?.(record) });
    const clock: Clock = {
      now: () => laptop.kms.clock.now(),
      sleep: async (milliseconds) => account.passing.sleep(milliseconds),
    };
    const { authorize } = laptop.authorization;
    const account: LocalAccount = new LocalAccount(laptop, clock, await LocalStepFunctions.start({ clock, authorize }), options);
    const principalOf = (accessKey: string) => laptop.iam.principalOf(accessKey) ?? `arn:aws:iam::${accessKey}:user/${accessKey}`;
    laptop.authorization.onRefused = (call) => account.refusedCalls.record(call);
    calls.listener = (record) => {
      options.onKmsCall?.(record);
      if (record.status === 'AccessDeniedException') account.refusedCalls.record(refusedByKms(record));
      account.trail.record(toCloudTrailRecord(record, principalOf));
    };
    return account;
  }

  public readonly functions: LocalFunctions;
  /** The calls that policies refused, in all services. */
  public readonly refusedCalls = new RefusedCalls();
  /** CloudTrail between KMS and the rules. Its settings can be changed at any time. */
  public readonly trail: Trail;
  private readonly invocations: FunctionInvocations;
  private readonly bus = new LocalEventBus();
  private readonly queues: LocalQueues;
  private readonly schedules = new LocalSchedules();
  private readonly passing: PassingTime;
  private readonly stacks = new Map<string, LocalStack>();
  /** Assets of all deployed templates: a rollback can refer to code that only an earlier template contains. */
  private readonly assets = new Map<string, string>();
  private readonly deployment: KMSClient;
  /** Every event that a deployment has sent to the function of a custom resource, and when. */
  private readonly deliveredEvents: { readonly functionArn: string; readonly event: SentEvent; readonly at: Date }[] = [];

  private constructor(
    public readonly laptop: Laptop,
    /** A wait on this clock returns immediately and advances the virtual time. */
    public readonly clock: Clock,
    public readonly stepFunctions: LocalStepFunctions,
    private readonly options: LocalAccountOptions,
  ) {
    this.functions = new LocalFunctions(options.load?.(this) ?? ((definition) => this.loadShipped(definition)));
    this.invocations = new FunctionInvocations(this.functions, laptop.authorization, clock);
    this.queues = new LocalQueues(this.functions, () => clock.now());
    this.trail = new Trail(this.bus, () => clock.now(), { seed: options.seed ?? 1, ...options.trail });
    this.passing = new PassingTime(laptop.kms.clock, this.schedules, {
      invoke: async (schedule) => this.invoke(schedule),
      deliverDue: () => {
        this.trail.deliverDue();
        this.queues.deliverDue();
      },
    });
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

  /**
   * Delivers events of earlier deployments again, as AWS Lambda may do: it delivers an event at least once, and keeps
   * it for six hours by default. Returns the responses.
   */
  public async deliverAgain(matches: (event: SentEvent, sentAt: Date) => boolean): Promise<CustomResourceResponse[]> {
    const responses: CustomResourceResponse[] = [];
    for (const { functionArn, event, at } of this.deliveredEvents.filter((each) => matches(each.event, each.at))) {
      responses.push(await sendEvent(functionArn, event, at, async (_, again) => { await this.functions.invoke(functionArn, again); }));
    }
    return responses;
  }

  /** The stack with this name. It exists from the start of its first deployment. */
  public stackNamed(stackName: string): LocalStack {
    const found = this.stacks.get(stackName);
    if (found === undefined) throw new Error(`stack ${stackName} does not exist in this account`);
    return found;
  }

  /**
   * Advances the time, and invokes every schedule that becomes due. Waits for what an invocation starts before
   * the next one. What is started can itself wait past the time of a schedule, which is then invoked during that wait.
   */
  public async runFor(milliseconds: number, afterEachInvocation: AfterInvocation = async () => undefined): Promise<void> {
    await this.passing.runFor(milliseconds, () => this.idle(), afterEachInvocation);
    await this.delivered();
  }

  /** Invokes the target of every schedule now, in addition to the due invocations, and waits for what it starts. */
  public async fireSchedules(): Promise<void> {
    for (const schedule of this.schedules.all) await this.invoke(schedule);
    await this.idle();
  }

  /** Advances the time day by day until a condition is true. Throws if it is not true after `maxDays`. */
  public async runUntil(
    description: string, condition: () => Promise<boolean>, maxDays: number, afterEachInvocation?: AfterInvocation,
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
    await this.delivered();
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

  /** A client of Step Functions for a caller. */
  public stepFunctionsClient(caller: string): SFNClient {
    const { stepFunctions: { service, endpoint }, laptop } = this;
    return laptop.inProcess?.stepFunctions(service, caller) ?? new SFNClient({ endpoint, ...identity(caller) });
  }

  public async close(): Promise<void> {
    await this.stepFunctions.stop();
    await this.laptop.close();
  }

  /** A delivery of a queue can cause an event, and the delivery of an event a message. */
  private async delivered(): Promise<void> {
    do {
      await this.queues.idle();
      await this.bus.idle();
    } while (this.queues.busy);
  }

  private loadShipped(definition: FunctionDefinition) {
    return loadShippedFunction({ asset: definition.asset, environment: this.environmentOf(definition), clock: this.clock });
  }

  private assetOf(codeKey: string): string {
    const asset = this.assets.get(codeKey);
    if (asset === undefined) throw new Error(`code ${codeKey} is not a handler that the package ships`);
    return asset;
  }

  private async invoke({ roleArn, functionArn, input }: LocalSchedule): Promise<unknown> {
    return this.invocations.byRoleAsynchronously(roleArn, functionArn, input);
  }

  private services(): LocalServices {
    const { laptop, functions, invocations, stepFunctions, schedules, queues, bus, options } = this;
    return {
      account: ACCOUNT,
      region: REGION,
      now: () => this.clock.now(),
      iam: laptop.iam,
      kms: this.deployment,
      dynamo: laptop.dynamoClient('deployment', 4),
      buckets: { create: (name) => laptop.s3.createBucket(name), remove: (name) => laptop.s3.deleteBucket(name) },
      functions: {
        define: (arn, { Code, Role, Environment }) =>
          functions.define(arn, { asset: this.assetOf(Code.S3Key), roleArn: Role, environment: Environment?.Variables ?? {} }),
        remove: (arn) => functions.remove(arn),
        invokeForDeployment: async (functionArn, event) => {
          this.deliveredEvents.push({ functionArn, event: event as SentEvent, at: this.clock.now() });
          await functions.invoke(functionArn, event);
        },
      },
      machines: {
        define: (arn, text, roleArn) => {
          const definition = parseDefinition(text);
          const name = arn.split(':').at(-1) as string;
          const invoke = (functionArn: string) => async (payload: unknown) => invocations.byRole(roleArn, functionArn, payload);
          stepFunctions.register(arn, definition, invoke, options.observe?.(name, definition));
        },
        remove: (arn) => {
          // A running execution can be waiting for this deployment, so this does not wait for its end.
          for (const execution of stepFunctions.executions) {
            if (execution.machineArn === arn && execution.status === 'RUNNING') void execution.stop();
          }
        },
      },
      permissions: invocations,
      schedules: {
        define: (name, { ScheduleExpression, State, Target }) => {
          if (State === 'DISABLED') return void schedules.remove(name);
          const { Arn: functionArn, RoleArn: roleArn, Input: input } = Target;
          schedules.set(name, { minute: parseDailyCron(ScheduleExpression), functionArn, roleArn, input: JSON.parse(input) });
        },
        remove: (name) => schedules.remove(name),
      },
      queues,
      rules: {
        define: (ruleArn, { EventPattern, State, Targets }) => bus.define(ruleArn, {
          pattern: EventPattern,
          state: State,
          target: async (event) => {
            const rule = { principal: 'events.amazonaws.com', sourceArn: ruleArn };
            for (const target of Targets) {
              const input = targetInput(target, event);
              await (queues.has(target.Arn) ? queues.send(target.Arn, input) : invocations.byService(rule, target.Arn, input));
            }
          },
        }),
        remove: (ruleArn) => bus.remove(ruleArn),
      },
    };
  }
}
