import { DescribeKeyCommand, GetKeyPolicyCommand, ListAliasesCommand, ListKeysCommand, ListResourceTagsCommand } from '@aws-sdk/client-kms';
import type { AccountWorld } from './account-world';
import { isWatchEvent } from './watch-events';
import type { Interceptors, OutgoingCall } from '../../../local/account/source-functions';
import { findTraces } from '../../support/traces';

/** The channels by which data leaves the functions, and the places where it is stored. */
export type Channel =
  | 'log' | 'answer' | 'error' | 'state data' | 'execution' | 'call' | 'evidence' | 'key' | 'CloudFormation'
  /** To the table of the application, and to KMS in the encryption context: locators belong there. */
  | 'store'
  /** The parts of the evidence that may name records. */
  | 'cursor' | 'quarantine';

/** The secrets by name, each with every encoding in which it may appear. */
export type Secrets = ReadonlyMap<string, ReadonlyMap<string, Buffer>>;

const OPERATIONS_ON_RECORDS = ['Scan', 'GetItem', 'UpdateItem', 'ReEncrypt'];

/**
 * Captures everything that leaves the functions of a world. Faults of a test are injected between the spy
 * and the functions.
 */
export class Spy {
  /** Assign to inject faults between the functions and the spy. */
  public readonly inside: Interceptors = { call: (_, proceed) => proceed(), invocation: (_, __, proceed) => proceed() };
  /** The presigned response URLs of CloudFormation, which are credentials. */
  public readonly responseUrls: string[] = [];
  private readonly captured = new Map<Channel, Set<string>>();

  public readonly interceptors: Interceptors = {
    call: (call, proceed) => this.inside.call(call, () => {
      this.captureCall(call);
      return proceed();
    }),
    invocation: async (asset, event, proceed) => {
      this.captureEvent(event);
      try {
        const answer = await this.inside.invocation(asset, event, proceed);
        this.capture('answer', answer);
        return answer;
      } catch (error) {
        const { name, message, stack } = error as Error;
        this.capture('error', { name, message, stack });
        throw error;
      }
    },
  };

  /** Captures the state data of the executions of a world. */
  public captureStateData(world: AccountWorld): void {
    world.atEachState(async (_, data) => this.capture('state data', data));
  }

  /** Captures what is stored. */
  public async collect(world: AccountWorld, answersToCloudFormation: readonly unknown[]): Promise<void> {
    for (const line of world.lines) this.capture('log', line);
    for (const { name, input, result } of world.account.stepFunctions.executions) this.capture('execution', { name, input, result });
    for (const [key, content] of world.evidence()) this.captureEvidence(key, content);
    for (const answer of answersToCloudFormation) this.capture('CloudFormation', answer);
    this.capture('key', (await world.kms.send(new ListAliasesCommand({}))).Aliases);
    for (const { KeyId } of (await world.kms.send(new ListKeysCommand({}))).Keys ?? []) {
      this.capture('key', (await world.kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata);
      this.capture('key', (await world.kms.send(new ListResourceTagsCommand({ KeyId }))).Tags);
      this.capture('key', (await world.kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy);
    }
  }

  /** The channels that were used. */
  public channels(): Channel[] {
    return [...this.captured.keys()].sort();
  }

  /** The secrets that were found, with their channel: `material in log`. */
  public find(secrets: Secrets): string[] {
    return [...this.captured].flatMap(([channel, contents]) => {
      const all = [Buffer.from([...contents].join('\n'), 'latin1')];
      return [...secrets].filter(([, traces]) => findTraces(traces, all).length > 0).map(([name]) => `${name} in ${channel}`);
    }).sort();
  }

  private captureCall({ operation, input }: OutgoingCall): void {
    const { Key, Body } = input as { Key?: string; Body?: string };
    if (operation === 'PutObject') this.captureEvidence(Key as string, JSON.parse(Body as string));
    else this.capture(OPERATIONS_ON_RECORDS.includes(operation) ? 'store' : 'call', { operation, input });
  }

  /**
   * Events of AWS are left out: those of CloudFormation contain a credential, those of CloudTrail
   * an encryption context.
   */
  private captureEvent(event: unknown): void {
    const { ResponseURL } = event as { ResponseURL?: string };
    if (ResponseURL !== undefined) this.responseUrls.push(ResponseURL);
    else if (!isWatchEvent(event)) this.capture('state data', event);
  }

  private captureEvidence(key: string, content: unknown): void {
    if (/\.quarantine-[0-9a-f]+\.json$/.test(key)) return this.capture('quarantine', content);
    const { cursor, from, ...rest } = content as { cursor?: string; from?: string };
    if (cursor !== undefined || from !== undefined) this.capture('cursor', { cursor, from });
    this.capture('evidence', { key, rest });
  }

  /** Keeps equal contents once. Byte arrays are kept unencoded after the text. */
  private capture(channel: Channel, content: unknown): void {
    const bytes: Uint8Array[] = [];
    const text = JSON.stringify(content, function (this: { [name: string]: unknown }, name: string, member: unknown) {
      const original = this[name];
      return original instanceof Uint8Array ? `${bytes.push(original)}. bytes` : member;
    }) as string | undefined;
    const kept = this.captured.get(channel) ?? new Set();
    this.captured.set(channel, kept.add(Buffer.concat([Buffer.from(text ?? ''), ...bytes]).toString('latin1')));
  }
}
