import { setTimeout } from 'node:timers/promises';
import { GetKeyPolicyCommand, ListResourceTagsCommand, paginateListAliases } from '@aws-sdk/client-kms';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetScheduleCommand } from '@aws-sdk/client-scheduler';
import {
  DescribeExecutionCommand, ListExecutionsCommand, StartExecutionCommand, type DescribeExecutionCommandOutput,
} from '@aws-sdk/client-sfn';
import { KmsKeyFamily } from '../../lambda/adapters/kms/kms-family';
import { generationAlias, GenerationTag } from '../../src/contract/family/generation-tags';
import type { Account } from '../emulator/account';

const ROTATION_TIMEOUT_SECONDS = 120;

/** A deployed rotating key, as an operator reads and starts it. */
export class RotatingFamily {
  private readonly keys: KmsKeyFamily;

  public constructor(private readonly account: Account, private readonly stackName: string, public readonly alias: string) {
    this.keys = new KmsKeyFamily(account.kms);
  }

  /** Number and key state of each generation that has an alias, by number: `1 Enabled`. */
  public async generations(): Promise<string[]> {
    const prefix = `${this.alias}/g`;
    const found: { readonly generation: number; readonly state: string }[] = [];
    for await (const { Aliases: aliases = [] } of paginateListAliases({ client: this.account.kms }, {})) {
      for (const { AliasName: name = '' } of aliases.filter(({ AliasName }) => AliasName?.startsWith(prefix))) {
        found.push({ generation: Number(name.slice(prefix.length)), state: (await this.keys.describeKey(name))?.state ?? 'deleted' });
      }
    }
    return found.sort((one, other) => one.generation - other.generation).map(({ generation, state }) => `${generation} ${state}`);
  }

  public async currentKeyArn(): Promise<string> {
    return this.arnOf(this.alias);
  }

  public async keyArn(generation: number): Promise<string> {
    return this.arnOf(generationAlias(this.alias, generation));
  }

  public async policy(generation: number): Promise<string> {
    return (await this.account.kms.send(new GetKeyPolicyCommand({ KeyId: await this.keyArn(generation) }))).Policy ?? '';
  }

  /** The construct that owns the family, `<stack name>/<logical id>`: a tag of the current key. */
  public async owner(): Promise<string> {
    const { Tags: tags = [] } = await this.account.kms.send(new ListResourceTagsCommand({ KeyId: await this.currentKeyArn() }));
    return tags.find(({ TagKey }) => TagKey === GenerationTag.OWNER)?.TagValue ?? '';
  }

  /** Starts a rotation run as an operator does, and waits until it has succeeded. */
  public async rotate(input: object = {}): Promise<void> {
    await this.waitForSuccess(await this.start(input));
  }

  /** Starts a rotation run that must fail with this error. */
  public async rotateExpectingFailure(name: string): Promise<void> {
    const ended = await this.waitForEnd(await this.start({}));
    if (ended.status !== 'FAILED' || ended.error !== name) {
      throw new Error(`rotation of ${this.alias} must fail with ${name}, got ${outcomeOf(ended)}`);
    }
  }

  /** Starts a reconcile run as EventBridge Scheduler does, and waits for the rotation that it starts. */
  public async rotateBySchedule(): Promise<void> {
    const before = new Set(await this.executions());
    await this.reconcile();
    const started = (await this.executions()).filter((execution) => !before.has(execution));
    const [execution] = started;
    if (execution === undefined || started.length > 1) {
      throw new Error(`reconcile run of ${this.alias} must start one rotation, got ${started.length}`);
    }
    await this.waitForSuccess(execution);
  }

  /** Starts the daily pre-flight of the worker as EventBridge Scheduler does. Returns its verdict. */
  public preflight(): Promise<unknown> {
    return this.invokeSchedule(/ReconcilePreflight/);
  }

  private async arnOf(alias: string): Promise<string> {
    const key = await this.keys.describeKey(alias);
    if (key === undefined) throw new Error(`${alias} does not exist`);
    return key.keyArn;
  }

  private async reconcile(): Promise<void> {
    await this.invokeSchedule(/ReconcileSchedule/);
  }

  /** Invokes the function of a schedule as EventBridge Scheduler does. Returns the response of the function. */
  private async invokeSchedule(logicalId: RegExp): Promise<unknown> {
    const schedule = await this.account.resource(this.stackName, 'AWS::Scheduler::Schedule', logicalId);
    const { Target: target } = await this.account.scheduler.send(new GetScheduleCommand({ Name: schedule.split('/').at(-1) }));
    const { FunctionError: failure, Payload: payload } = await this.account.lambda.send(
      new InvokeCommand({ FunctionName: target?.Arn, Payload: Buffer.from(target?.Input ?? '{}') }));
    const response = Buffer.from(payload ?? []).toString('utf8');
    if (failure !== undefined) throw new Error(`${schedule} of ${this.alias} failed: ${response}`);
    return JSON.parse(response);
  }

  private async executions(): Promise<string[]> {
    const stateMachineArn = await this.rotationMachine();
    const { executions = [] } = await this.account.stepFunctions.send(new ListExecutionsCommand({ stateMachineArn }));
    return executions.map(({ executionArn }) => executionArn as string);
  }

  private rotationMachine(): Promise<string> {
    return this.account.resource(this.stackName, 'AWS::StepFunctions::StateMachine', /Rotation/);
  }

  private async start(input: object): Promise<string> {
    const stateMachineArn = await this.rotationMachine();
    const started = await this.account.stepFunctions.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
    return started.executionArn as string;
  }

  private async waitForSuccess(executionArn: string): Promise<void> {
    const ended = await this.waitForEnd(executionArn);
    if (ended.status !== 'SUCCEEDED') throw new Error(`rotation of ${this.alias} failed: ${outcomeOf(ended)}`);
  }

  private async waitForEnd(executionArn: string): Promise<DescribeExecutionCommandOutput> {
    for (const deadline = Date.now() + ROTATION_TIMEOUT_SECONDS * 1000; Date.now() < deadline; await setTimeout(250)) {
      const execution = await this.account.stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status !== 'RUNNING') return execution;
    }
    throw new Error(`rotation of ${this.alias} is still running after ${ROTATION_TIMEOUT_SECONDS} s`);
  }
}

function outcomeOf({ status, error, cause }: DescribeExecutionCommandOutput): string {
  return `${status} ${error ?? ''}: ${cause ?? ''}`;
}
