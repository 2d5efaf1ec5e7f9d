import { randomBytes } from 'node:crypto';
import { GetItemCommand, PutItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DecryptCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import { CreateSecretCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ALIAS, familyStack, SECRET, type FamilyStackOptions } from './family-stack';
import { KmsKeyFamily } from '../../../lambda/adapters/kms/kms-family';
import type { Family, Generation } from '../../../lambda/key-family/family';
import { readFamily } from '../../../lambda/key-family/read-family';
import { LocalAccount } from '../../../local/account/local-account';
import type { AfterInvocation } from '../../../local/account/passing-time';
import { sourceFunctions, type Interceptors } from '../../../local/account/source-functions';
import type { LocalStack } from '../../../local/cloudformation/local-stack';
import type { SynthesizedStack } from '../../../local/cloudformation/synthesize';
import { OrdersApplication, type WrittenOrder } from '../../../local/demo/orders-application';
import { VirtualClock } from '../../../local/kms/model/time/clock';
import { identity } from '../../../local/laptop';
import { ExecutionStopped } from '../../../local/step-functions/errors/stopping';
import { StateCoverage } from '../../../local/step-functions/interpreter/state-coverage';
import type { LocalExecution } from '../../../local/step-functions/service/local-execution';
import { isCertificateKey, type Certificate } from '../../../src/contract/evidence/certificate';
import type { ShardEvidence } from '../../../src/contract/evidence/evidence';
import { addCounts, NO_RECORDS, type PassMode, type RecordCounts } from '../../../src/contract/runs/reencryption';

export const DAY = 24 * 3_600_000;

/** The start of every world, so that reconcile runs happen at the same times in every test run. */
const A_MORNING = new Date('2026-01-15T06:00:00Z');

/** An item of the table of orders. */
export type Item = { [name: string]: AttributeValue };

type Machine = 'rotation' | 'retirement';

/** Acts after each reconcile run, and not after other invocations of schedules. */
export function afterReconcile(act: () => Promise<void> = async () => undefined): AfterInvocation {
  return async (input) => {
    if ((input as { step?: string }).step === 'reconcile') await act();
  };
}

type StateListener = (state: string, input: unknown) => void | Promise<void>;

/** The states and transitions that all worlds of a test file have crossed. */
export const crossed = new StateCoverage();

/**
 * A synthesized stack with a rotating key, deployed into a local account, and an application that writes
 * orders under it.
 *
 * The synthesized state machines run. The functions are built from their source, so that tests can intercept their
 * calls to AWS.
 */
export class AccountWorld {
  /**
   * @param interceptors are in place from the first deployment on
   * @param services in process, a year takes a quarter of the time; over HTTP, clients serialize, sign and retry, and
   * dynalite is the engine of the tables
   */
  public static async open(
    options: FamilyStackOptions = {},
    synthesized: SynthesizedStack = familyStack(options),
    interceptors: Interceptors = { call: (_, proceed) => proceed(), invocation: (_, __, proceed) => proceed() },
    services: 'in process' | 'over HTTP' = 'in process',
  ): Promise<AccountWorld> {
    const states: { entered?: StateListener } = {};
    const lines: string[] = [];
    const account = await LocalAccount.open({
      clock: VirtualClock.frozenAt(A_MORNING),
      ...(services === 'in process' && { inProcess: { faults: () => undefined } }),
      load: (opened) => sourceFunctions(opened, interceptors, lines, options.pageSize),
      observe: (_, definition) => [
        crossed.observer(definition.states.has('MoveAlias') ? 'Rotation' : 'Retirement', definition),
        { stateEntered: (state, input) => states.entered?.(state, input) },
      ],
    });
    if (options.material === 'secret') {
      await account.laptop.secretsClient('deployment').send(new CreateSecretCommand({ Name: SECRET, SecretBinary: randomBytes(32) }));
    }
    const stack = await account.deploy(synthesized);
    return new AccountWorld(account, stack, interceptors, states, lines);
  }

  public readonly application: OrdersApplication;
  public readonly kms: KMSClient;
  public readonly dynamo: DynamoDBClient;
  public readonly tableName: string;

  private constructor(
    public readonly account: LocalAccount,
    public readonly stack: LocalStack,
    /** Assign to intercept calls of the functions to AWS. */
    public readonly interceptors: Interceptors,
    private readonly states: { entered?: StateListener },
    /** The log lines of the functions. */
    public readonly lines: readonly string[],
  ) {
    const { laptop } = account;
    this.kms = laptop.kmsClient('application', 8);
    this.dynamo = laptop.dynamoClient('application', 8);
    this.tableName = this.refsOf('AWS::DynamoDB::Table')[0] as string;
    this.application = new OrdersApplication(this.kms, this.dynamo, { alias: ALIAS, tableName: this.tableName }, () => account.clock.now());
  }

  /** The client of an administrator with the break-glass role, which may change aliases of generations from outside. */
  public get breakGlass(): KMSClient {
    const roles = this.stack.resourcesOfType('AWS::IAM::Role');
    const role = roles.find(({ logicalId }) => logicalId.startsWith('BreakGlass'));
    return this.account.laptop.kmsClient(role?.resolved.ref as string, 2);
  }

  /** The evidence bucket of the deployed rotating key. */
  public get evidenceBucket(): string {
    return this.refsOf('AWS::S3::Bucket')[0] as string;
  }

  public async writeOrders(count: number): Promise<void> {
    for (let written = 0; written < count; written++) await this.application.writeOrder();
  }

  /** Starts an execution as an operator does, and waits until it ends. */
  public async run(
    machine: Machine,
    input: object = {},
    name = `by-hand-${this.account.stepFunctions.executions.length}`,
  ): Promise<LocalExecution> {
    const execution = await this.start(machine, input, name);
    await this.account.idle();
    return execution;
  }

  /** Starts an execution without waiting for it. */
  public async start(
    machine: Machine,
    input: object = {},
    name = `by-hand-${this.account.stepFunctions.executions.length}`,
  ): Promise<LocalExecution> {
    const client = new SFNClient({ endpoint: this.account.stepFunctions.endpoint, ...identity('operator') });
    const request = { stateMachineArn: this.machineArn(machine), name, input: JSON.stringify(input) };
    const { executionArn } = await client.send(new StartExecutionCommand(request));
    return this.account.stepFunctions.executions.filter(({ arn }) => arn === executionArn).at(-1) as LocalExecution;
  }

  public async rotate(input: object = {}): Promise<LocalExecution> {
    return this.run('rotation', input);
  }

  /** Advances the clock by days, with everything that is scheduled on them. */
  public async live(days: number, eachReconcileRun?: () => Promise<void>): Promise<void> {
    await this.account.runFor(days * DAY, afterReconcile(eachReconcileRun));
  }

  /** Acts before a state is performed, the first time that it is entered. */
  public atState(state: string, act: () => Promise<unknown>): void {
    const before = this.states.entered;
    let done = false;
    this.states.entered = async (entered, input) => {
      await before?.(entered, input);
      if (entered !== state || done) return;
      done = true;
      await act();
    };
  }

  /** Stops the first execution that enters a state, before the state is performed, as `StopExecution` does. */
  public stopAtState(state: string): void {
    this.atState(state, async () => {
      throw new ExecutionStopped('StoppedHere', state);
    });
  }

  /** Acts before each state, with the name and the input of the state. */
  public atEachState(act: (state: string, input: unknown) => Promise<unknown>): void {
    this.states.entered = async (state, input) => {
      await act(state, input);
    };
  }

  public async readFamily(): Promise<Family> {
    return readFamily(ALIAS, new KmsKeyFamily(this.kms));
  }

  public async generation(generation: number): Promise<Generation> {
    const found = (await this.readFamily()).generations.find((candidate) => candidate.generation === generation);
    if (found === undefined) throw new Error(`there is no generation ${generation}`);
    return found;
  }

  /** Number, key state and phase of each generation, the oldest first. */
  public async generations(): Promise<string[]> {
    return (await this.readFamily()).generations.map(({ generation, keyState, phase }) => `${generation} ${keyState} ${phase}`);
  }

  /** The outcome of each order: whether it is intact under the current generation. */
  public async checkOrders(): Promise<string[]> {
    const { current } = await this.readFamily();
    return Promise.all(this.application.orders.map((order) => this.application.check(order, current.keyArn)));
  }

  /** The orders whose data key cannot be decrypted, under any generation. */
  public async unreadableOrders(): Promise<string[]> {
    const unreadable = await Promise.all(
      this.application.orders.map(async ({ orderId, tenantId }) => {
        const { dataKey } = await this.readItem({ orderId, tenantId });
        const request = new DecryptCommand({ CiphertextBlob: dataKey?.B, EncryptionContext: { tenant: tenantId, purpose: 'orders' } });
        return this.kms.send(request).then(
          () => [],
          (error: Error) => [`${orderId}: ${error.name}`],
        );
      }),
    );
    return unreadable.flat();
  }

  public async encryptsThroughAlias(): Promise<boolean> {
    const { CiphertextBlob } = await this.kms.send(new EncryptCommand({ KeyId: ALIAS, Plaintext: Buffer.from('anything') }));
    return CiphertextBlob !== undefined;
  }

  public async readItem({ tenantId, orderId }: Pick<WrittenOrder, 'tenantId' | 'orderId'>): Promise<Item> {
    const Key = { tenantId: { S: tenantId }, orderId: { S: orderId } };
    const { Item: item } = await this.dynamo.send(new GetItemCommand({ TableName: this.tableName, Key, ConsistentRead: true }));
    if (item === undefined) throw new Error(`there is no order ${orderId}`);
    return item;
  }

  public async putItem(item: Item): Promise<void> {
    await this.dynamo.send(new PutItemCommand({ TableName: this.tableName, Item: item }));
  }

  public async putNewKeyMaterial(): Promise<void> {
    await this.account.laptop
      .secretsClient('deployment')
      .send(new PutSecretValueCommand({ SecretId: SECRET, SecretBinary: randomBytes(32) }));
  }

  public certificates(): Certificate[] {
    return this.evidence()
      .filter(([key]) => isCertificateKey(ALIAS, key))
      .map(([, content]) => content as Certificate);
  }

  /** All evidence, by key. */
  public evidence(): [string, unknown][] {
    return [...this.account.laptop.s3.objects(this.evidenceBucket)].map(([key, body]) => [
      key,
      JSON.parse(body.toString('utf8')) as unknown,
    ]);
  }

  /** The mode and the counts of each pass over the stores, the earliest first. */
  public passes(): { readonly mode: PassMode; readonly counts: RecordCounts }[] {
    const passes = new Map<string, ShardEvidence>();
    const shards = this.evidence()
      .filter(([key]) => key.endsWith('.counts.json'))
      .map(([, content]) => content as ShardEvidence);
    for (const shard of shards.sort((one, other) => Date.parse(one.startedAt) - Date.parse(other.startedAt) || one.pass - other.pass)) {
      const name = `${shard.run}/${shard.pass}`;
      passes.set(name, { ...shard, counts: addCounts(passes.get(name)?.counts ?? NO_RECORDS, shard.counts) });
    }
    return [...passes.values()].map(({ mode, counts }) => ({ mode, counts }));
  }

  /** The number of calls, of any caller, that took effect in KMS. */
  public countCalls(operation: string): number {
    const { audit } = this.account.laptop.kms;
    return audit.count({ operation, status: 'answered' }) + audit.count({ operation, status: 'lost' });
  }

  public async close(): Promise<void> {
    await this.account.close();
  }

  private machineArn(machine: Machine): string {
    const word = machine === 'rotation' ? 'Rotation' : 'Retirement';
    return this.refsOf('AWS::StepFunctions::StateMachine').find((arn) => arn.includes(word)) as string;
  }

  private refsOf(type: string): string[] {
    return this.stack.resourcesOfType(type).map(({ resolved }) => resolved.ref);
  }
}
