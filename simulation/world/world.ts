import { randomBytes } from 'node:crypto';
import { UntagResourceCommand } from '@aws-sdk/client-kms';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { Application } from './application';
import { Faults } from './faults';
import { KeysInMemory } from './keys';
import { Records } from './records';
import { dataStack, FAMILY_STACK, familyStack, SECRET, type Declared } from './stacks';
import { Stops } from './stops';
import { Trace, withoutIds } from './trace';
import { LocalAccount } from '../../local/account/local-account';
import { sourceFunctions, type OutgoingCall } from '../../local/account/source-functions';
import type { SynthesizedStack } from '../../local/cloudformation/synthesize';
import { VirtualClock } from '../../local/kms/model/time/clock';
import { setDelays } from '../../local/kms/service/control/delays';
import { ACCOUNT, REGION } from '../../local/laptop';
import { GENERATION_TAG_PREFIX } from '../../src/contract/family/generation-tags';
import type { Life } from '../life/life';

const START = new Date('2026-01-15T06:00:00Z');
const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Until every change of an alias is effective. */
const KMS_PROPAGATION = 5 * 60_000;
/** How often Lambda retries an asynchronous invocation: of a schedule, of an event, or of CloudFormation. */
const ASYNCHRONOUS_RETRIES = 2;
/** How long any version can be restored if nothing is ever deleted. */
const RETENTION_WITHOUT_DELETION_DAYS = 90;
/** Records in a page of the worker: few, so that a pass has several pages. */
const PAGE_SIZE = 5;

/** An error that an operator sees. */
export interface Failure {
  readonly source: 'rotation' | 'retirement' | 'reconcile' | 'pre-flight' | 'deployment' | 'watch';
  readonly error: string;
  readonly text: string;
}

/** What is invoked beside the account itself. */
export interface Listeners {
  stateEntered?: (state: string) => Promise<void>;
  /** Before a function calls AWS. */
  calling?: (call: OutgoingCall) => Promise<void>;
}

/** An account with a family, an application and everything that happens to them. */
export class World {
  public static async open(life: Life): Promise<World> {
    const clock = VirtualClock.frozenAt(START);
    const faults = new Faults(life.seed, () => clock.now().getTime());
    const opened: { world?: World } = {};
    const lines: string[] = [];
    const { lateMinutes, doubled, missing } = life.shape.trail;
    const account = await LocalAccount.open({
      clock,
      seed: life.seed,
      trail: { seed: life.seed, lateMilliseconds: lateMinutes * MINUTE, doubled, missing },
      inProcess: { faults: (attempt) => faults.of(attempt) },
      load: (local) => sourceFunctions(local, {
        call: async (call, proceed) => {
          const { world } = opened;
          if (world === undefined) return proceed();
          await world.listeners.calling?.(call);
          return world.stops.call(proceed);
        },
        invocation: async (_, event, proceed) => (opened.world === undefined ? proceed() : opened.world.invoke(event, proceed)),
      }, lines, PAGE_SIZE),
      observe: () => [{ stateEntered: async (state) => opened.world?.listeners.stateEntered?.(state) }],
    });
    const data = await account.deploy(dataStack(life.shape));
    const tableNames = data.resourcesOfType('AWS::DynamoDB::Table').map(({ resolved }) => resolved.ref);
    const [role] = data.resourcesOfType('AWS::IAM::Role').map(({ resolved }) => resolved.attributes.Arn as string);
    const world = new World(life, account, clock, faults, tableNames, role as string, lines);
    opened.world = world;
    await world.begin();
    return world;
  }

  public readonly keys: KeysInMemory;
  public readonly records: Records;
  public readonly application: Application;
  public readonly trace: Trace;
  public readonly listeners: Listeners = {};
  public readonly stops = new Stops();
  /** Ids of keys that other principals have created. */
  public readonly strangers = new Set<string>();
  public readonly failures: Failure[] = [];
  public declared: Declared = { constructId: 'Key', paused: false, deletes: true, users: 0, released: [], fails: false };
  /** The state of the stack is not the declared one, because its last deployment failed. */
  public deploymentFailed = false;
  public runsToMiss = 0;
  public reconcileRuns = 0;
  private readonly synthesized = new Map<string, SynthesizedStack>();
  private readonly buckets = new Set<string>();
  private readonly lastErrors = new Map<Failure['source'], string>();
  private executionsSeen = 0;

  private constructor(
    public readonly life: Life,
    public readonly account: LocalAccount,
    private readonly clock: VirtualClock,
    public readonly faults: Faults,
    public readonly tableNames: readonly string[],
    private readonly applicationRole: string,
    /** The log lines of the functions. */
    public readonly lines: readonly string[],
  ) {
    const now = () => clock.now().getTime();
    const { shape } = life;
    const { laptop } = account;
    this.trace = new Trace(START.getTime(), now);
    this.keys = new KeysInMemory(laptop.kms.service.stores.at({ partition: 'aws', region: REGION, account: ACCOUNT }), now);
    const retentionDays = shape.deletion?.backupRetentionDays ?? RETENTION_WITHOUT_DELETION_DAYS;
    this.records = new Records(this.keys.store, now, retentionDays * DAY);
    tableNames.forEach((name, store) => this.records.watch(laptop.memory?.table(name) as never, store));
    this.application = new Application(
      laptop.kmsClient('application', 1), laptop.dynamoClient('application', 1), tableNames, this.records, now,
      shape.dataKeyMaxAgeHours * HOUR,
    );
    setDelays(laptop.kms, {
      aliasMilliseconds: shape.kmsDelaySeconds * 1000,
      policyMilliseconds: shape.kmsDelaySeconds * 1000,
      readMilliseconds: shape.lateReadSeconds * 1000,
      usageMilliseconds: shape.lateUsageMinutes * MINUTE,
    });
  }

  public get now(): number {
    return this.clock.now().getTime();
  }

  /** Deploys a change of the stack with the key. Returns whether it succeeded. */
  public async deploy(change: Partial<Declared> = {}): Promise<boolean> {
    const declared = { ...this.declared, ...change };
    const name = JSON.stringify(declared);
    const stack = this.synthesized.get(name) ?? familyStack(this.life.shape, declared, this.tableNames, this.applicationRole);
    this.synthesized.set(name, stack);
    // What the team declares stays declared if the deployment fails: the operator deploys it again.
    if (!declared.fails) this.declared = declared;
    try {
      const deployed = await this.account.deploy(stack);
      for (const { resolved } of deployed.resourcesOfType('AWS::S3::Bucket')) this.buckets.add(resolved.ref);
      this.deploymentFailed = false;
      this.trace.add('deployed');
      return true;
    } catch (error) {
      const text = (error as Error).message;
      if (declared.fails && text.includes('Doomed')) return false;
      this.deploymentFailed = true;
      this.fail({ source: 'deployment', error: errorNameIn(text), text });
      return false;
    }
  }

  /** Deletes the stack with the key, as `cdk destroy` does. */
  public async destroy(): Promise<void> {
    await this.account.stackNamed(FAMILY_STACK).delete().catch((error: Error) => {
      this.fail({ source: 'deployment', error: errorNameIn(error.message), text: error.message });
    });
    this.deploymentFailed = true;
  }

  /** Starts an execution as an operator does, and does not wait for its end. */
  public async start(machine: 'Rotation' | 'Retirement', input: object, name: string): Promise<void> {
    const machineArn = this.account.stackNamed(FAMILY_STACK).resourcesOfType('AWS::StepFunctions::StateMachine')
      .map(({ resolved }) => resolved.ref).find((arn) => arn.includes(machine));
    if (machineArn === undefined) return;
    const body = Buffer.from(JSON.stringify({ stateMachineArn: machineArn, name, input: JSON.stringify(input) }));
    await this.account.stepFunctions.service.reply({ target: 'AWSStepFunctions.StartExecution', authorization: undefined, body });
  }

  /** The operator knows from CloudTrail which keys other principals have created. */
  public async removeTagsOfStrangers(): Promise<void> {
    const kms = this.account.laptop.kmsClient('operator', 1);
    for (const KeyId of this.strangers) {
      const named = this.keys.generations.some(({ key }) => key.keyId === KeyId);
      const names = (this.keys.find(KeyId)?.tags ?? []).map(({ TagKey }) => TagKey);
      const TagKeys = names.filter((name) => name.startsWith(GENERATION_TAG_PREFIX));
      if (!named && TagKeys.length > 0) await kms.send(new UntagResourceCommand({ KeyId, TagKeys }));
    }
  }

  public async putKeyMaterial(): Promise<void> {
    const request = new PutSecretValueCommand({ SecretId: SECRET, SecretBinary: randomBytes(32) });
    await this.account.laptop.secretsClient('operator').send(request);
    this.trace.add('new key material is in the secret');
  }

  /** The store and the number of the record that a call to DynamoDB names. */
  public recordOf({ TableName, Key }: OutgoingCall['input']): { readonly store: number; readonly item: number } {
    const { orderId } = Key as { readonly orderId: { readonly S: string } };
    return { store: this.tableNames.indexOf(String(TableName)), item: Number(orderId.S.replace(/^\D+/, '')) };
  }

  public fail(failure: Failure): void {
    const { source, error, text } = failure;
    this.failures.push(failure);
    const again = this.lastErrors.get(source) === error;
    this.lastErrors.set(source, error);
    this.trace.add(again ? `${source} failed again: ${error}` : `${source} failed: ${error}: ${text.slice(0, 400)}`);
  }

  /** Traces the executions that have ended since the last call, and collects their errors. */
  public collectExecutions(): void {
    const { executions } = this.account.stepFunctions;
    while (executions[this.executionsSeen] !== undefined) {
      const { name, machineArn, result } = executions[this.executionsSeen] as typeof executions[number];
      if (result === undefined) return;
      this.executionsSeen += 1;
      const source = machineArn.includes('Rotation') ? 'rotation' : 'retirement';
      this.trace.add(`${source} ${name} ${result.status}`);
      if (result.status === 'FAILED') this.fail({ source, error: result.error ?? 'Unknown', text: result.cause ?? '' });
    }
  }

  /** The texts of all evidence, of every stack that the family had. */
  public evidence(): string[] {
    return [...this.buckets].flatMap((bucket) => [...this.account.laptop.s3.objects(bucket).values()].map((body) => body.toString('utf8')));
  }

  public async close(): Promise<void> {
    await this.account.close();
  }

  private async begin(): Promise<void> {
    if (this.life.shape.material === 'secret') {
      await this.account.laptop.secretsClient('operator').send(new CreateSecretCommand({ Name: SECRET, SecretBinary: randomBytes(32) }));
    }
    if (!await this.deploy()) throw new Error(`the first deployment failed: ${this.failures[0]?.text}`);
    // An application that starts in the moment of the first deployment retries until the alias has propagated.
    this.clock.advance(KMS_PROPAGATION);
  }

  private async invoke(event: unknown, proceed: () => Promise<unknown>): Promise<unknown> {
    const once = () => this.stops.invocation(proceed);
    const { step } = event as { readonly step?: string };
    if (step === 'reconcile') return this.reconcile(once);
    if (step === 'daily-pre-flight') return this.asynchronous('pre-flight', once);
    const has = (member: string) => event !== null && typeof event === 'object' && member in event;
    if (has('Records')) return this.deliverMessages(once);
    return has('RequestType') ? retried(once) : once();
  }

  /** The queue delivers a message again that is not accepted. */
  private async deliverMessages(proceed: () => Promise<unknown>): Promise<unknown> {
    const outcome = await proceed() as { readonly batchItemFailures: readonly unknown[] };
    if (outcome.batchItemFailures.length > 0) {
      this.fail({ source: 'watch', error: 'NotAccepted', text: 'a message is delivered again: the log of the function has its error' });
    }
    return outcome;
  }

  private async reconcile(proceed: () => Promise<unknown>): Promise<void> {
    if (this.runsToMiss > 0) {
      this.runsToMiss -= 1;
      this.trace.add('reconcile run missed');
      return;
    }
    this.reconcileRuns += 1;
    await this.asynchronous('reconcile', proceed);
  }

  /** Lambda retries an asynchronous invocation. Nobody receives its error, but an alarm shows it. */
  private async asynchronous(source: Failure['source'], proceed: () => Promise<unknown>): Promise<void> {
    await retried(proceed).catch((error: Error) => this.fail({ source, error: error.name, text: withoutIds(error.message) }));
  }
}

async function retried(proceed: () => Promise<unknown>): Promise<unknown> {
  for (let retry = 0; ; retry++) {
    try {
      return await proceed();
    } catch (error) {
      if (retry === ASYNCHRONOUS_RETRIES) throw error;
    }
  }
}

/** The name at the begin of the reason that a custom resource returns: `KeyNotReady: ...`. */
function errorNameIn(text: string): string {
  return /\b([A-Z][a-z]+(?:[A-Z][a-z]+)+)\b: /.exec(text.replace(/^\w+ \([\w:]+\): /, ''))?.[1] ?? 'DeploymentFailed';
}
