import type { KMSClient } from '@aws-sdk/client-kms';
import { LocalFunctions, type FunctionDefinition, type FunctionLoader } from './local-functions';
import { nextDue, parseDailyCron, type LocalSchedule } from './local-schedules';
import { localProvisioners, type LocalServices } from './provisioners';
import type { Clock } from '../../lambda/ports';
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

/** What an account is opened with. */
export interface LocalAccountOptions {
  readonly seed?: number;
  readonly faults?: readonly FaultRule[];
  /** @default - one that runs with the real time */
  readonly clock?: VirtualClock;
  /** @default - the bundles that the package ships */
  readonly load?: (account: LocalAccount) => FunctionLoader;
  /** Told of every call to KMS when it has ended. @default - nobody is */
  readonly onKmsCall?: (record: AuditRecord) => void;
  /** Lets somebody watch the executions of a machine. @default - nobody does */
  readonly observe?: (machineName: string, definition: Definition) => readonly ExecutionObserver[];
}

const DAY_MILLISECONDS = 24 * 3_600_000;

/**
 * An AWS account on a laptop: stacks are deployed from their synthesized templates, their functions are the shipped bundles, their state
 * machines are interpreted, their schedules and rules fire, and time is virtual.
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
  /** Of all stacks: a rollback brings back code that only an earlier template names. */
  private readonly assets = new Map<string, string>();
  private readonly deployment: KMSClient;

  private constructor(
    public readonly laptop: Laptop,
    /** Waits on it pass at once. */
    public readonly clock: Clock,
    public readonly stepFunctions: LocalStepFunctions,
    private readonly options: LocalAccountOptions,
  ) {
    this.functions = new LocalFunctions(options.load?.(this) ?? ((definition) => this.loadShipped(definition)));
    this.deployment = laptop.kmsClient('deployment', 4);
  }

  /** Deploys a stack, or brings it to another template. */
  public async deploy(synthesized: SynthesizedStack): Promise<LocalStack> {
    const { stackName, template, assets } = synthesized;
    for (const [codeKey, asset] of assets) this.assets.set(codeKey, asset);
    const stack = this.stacks.get(stackName) ?? new LocalStack({
      stackName,
      pseudoParameters: { 'AWS::Partition': 'aws', 'AWS::Region': REGION, 'AWS::AccountId': ACCOUNT, 'AWS::StackName': stackName, 'AWS::URLSuffix': 'amazonaws.com' },
      provisioners: localProvisioners(this.services()),
    });
    this.stacks.set(stackName, stack);
    await stack.deploy(template);
    return stack;
  }

  /** A stack by its name, from the moment on at which it begins to be deployed. */
  public stackNamed(stackName: string): LocalStack {
    const found = this.stacks.get(stackName);
    if (found === undefined) throw new Error(`there is no stack ${stackName}`);
    return found;
  }

  /** Lets time pass, and everything happen that is scheduled meanwhile. */
  public async liveThrough(milliseconds: number, eachTick: () => Promise<void> = async () => undefined): Promise<void> {
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
      await eachTick();
    }
    const left = end - this.clock.now().getTime();
    if (left > 0) this.laptop.kms.clock.advance(left);
  }

  /** Lets every schedule fire now, once more than it would by itself, and waits for what it starts. */
  public async fireSchedules(): Promise<void> {
    for (const { functionArn, input } of [...this.schedules.values()]) await this.functions.invoke(functionArn, input);
    await this.idle();
  }

  /** Lets days pass, tick by tick, until something is so; throws when it is not so in time. */
  public async liveUntil(what: string, isSo: () => Promise<boolean>, mostDays: number, eachTick?: () => Promise<void>): Promise<void> {
    for (let day = 0; day < mostDays; day++) {
      if (await isSo()) return;
      await this.liveThrough(DAY_MILLISECONDS, eachTick);
    }
    if (!await isSo()) throw new Error(`${what}: not so after ${mostDays} days`);
  }

  /** Waits until no execution runs and no event is on its way. */
  public async idle(): Promise<void> {
    await this.stepFunctions.idle();
    await this.bus.idle();
  }

  /** The function that runs a handler: `worker`. */
  public functionWith(asset: string): FunctionDefinition {
    const found = [...this.functions.definitions.values()].find((definition) => definition.asset === asset);
    if (found === undefined) throw new Error(`no function runs ${asset}`);
    return found;
  }

  /** Under which access key a role calls: its name. */
  public accessKeyOf(roleArn: string): string {
    return roleArn.split('/').at(-1) as string;
  }

  /** What a function finds in its environment. */
  public environmentOf({ roleArn, environment }: FunctionDefinition): { [name: string]: string } {
    return { ...this.laptop.handlerEnvironment(this.accessKeyOf(roleArn)), AWS_ENDPOINT_URL_SFN: this.stepFunctions.endpoint, ...environment };
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
    if (asset === undefined) throw new Error(`the code ${codeKey} is none of the handlers that the package ships`);
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
          // What runs meanwhile may be what waits for this deployment, so its end is not waited for.
          for (const execution of stepFunctions.executions) if (execution.machineArn === arn && execution.status === 'RUNNING') void execution.stop();
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
