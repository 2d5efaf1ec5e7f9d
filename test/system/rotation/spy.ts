import { DescribeKeyCommand, GetKeyPolicyCommand, ListAliasesCommand, ListKeysCommand, ListResourceTagsCommand } from '@aws-sdk/client-kms';
import type { FamilyWorld } from './family-world';
import type { Interceptors, OutgoingCall } from './source-functions';
import { findTraces } from '../../support/traces';

/** Ways out of the functions, and places where what came out is kept. */
export type Channel =
  | 'log' | 'answer' | 'error' | 'state data' | 'execution' | 'call' | 'evidence' | 'key' | 'CloudFormation'
  /** To the application's own table, and to KMS in the encryption context: where locators belong. */
  | 'store'
  /** Where the evidence may speak of records. */
  | 'cursor' | 'quarantine';

/** What must not be found: by name, each with every way in which it may be written. */
export type Secrets = ReadonlyMap<string, ReadonlyMap<string, Buffer>>;

const OPERATIONS_ON_RECORDS = ['Scan', 'GetItem', 'UpdateItem', 'ReEncrypt'];

/** Catches everything that leaves the functions of a world. Faults that a test wants stand inside, between the spy and the functions. */
export class Spy {
  /** Assign, to stand where the functions are. */
  public readonly inside: Interceptors = { call: (_, proceed) => proceed(), invocation: (_, __, proceed) => proceed() };
  /** Credentials that CloudFormation has handed in. */
  public readonly responseUrls: string[] = [];
  private readonly caught = new Map<Channel, Set<string>>();

  public readonly interceptors: Interceptors = {
    call: (call, proceed) => this.inside.call(call, () => {
      this.noteCall(call);
      return proceed();
    }),
    invocation: async (asset, event, proceed) => {
      this.noteEvent(event);
      try {
        const answer = await this.inside.invocation(asset, event, proceed);
        this.note('answer', answer);
        return answer;
      } catch (error) {
        const { name, message, stack } = error as Error;
        this.note('error', { name, message, stack });
        throw error;
      }
    },
  };

  /** Listens to the executions of a world. */
  public attendTo(world: FamilyWorld): void {
    world.atEachState(async (_, data) => this.note('state data', data));
  }

  /** Collects what is kept. */
  public async collect(world: FamilyWorld, answersToCloudFormation: readonly unknown[]): Promise<void> {
    for (const line of world.lines) this.note('log', line);
    for (const { name, input, result } of world.account.stepFunctions.executions) this.note('execution', { name, input, result });
    for (const [key, content] of world.evidence()) this.noteEvidence(key, content);
    for (const answer of answersToCloudFormation) this.note('CloudFormation', answer);
    this.note('key', (await world.kms.send(new ListAliasesCommand({}))).Aliases);
    for (const { KeyId } of (await world.kms.send(new ListKeysCommand({}))).Keys ?? []) {
      this.note('key', (await world.kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata);
      this.note('key', (await world.kms.send(new ListResourceTagsCommand({ KeyId }))).Tags);
      this.note('key', (await world.kms.send(new GetKeyPolicyCommand({ KeyId }))).Policy);
    }
  }

  /** Which channels were used at all. */
  public channels(): Channel[] {
    return [...this.caught.keys()].sort();
  }

  /** Which secret was found in which channel: `material in log`. */
  public find(secrets: Secrets): string[] {
    return [...this.caught].flatMap(([channel, contents]) => {
      const all = [Buffer.from([...contents].join('\n'), 'latin1')];
      return [...secrets].filter(([, traces]) => findTraces(traces, all).length > 0).map(([name]) => `${name} in ${channel}`);
    }).sort();
  }

  private noteCall({ operation, input }: OutgoingCall): void {
    const { Key, Body } = input as { Key?: string; Body?: string };
    if (operation === 'PutObject') this.noteEvidence(Key as string, JSON.parse(Body as string));
    else this.note(OPERATIONS_ON_RECORDS.includes(operation) ? 'store' : 'call', { operation, input });
  }

  /** Events of AWS itself are not ours: those of CloudFormation bear a credential, those of CloudTrail a context. */
  private noteEvent(event: unknown): void {
    const { ResponseURL, step } = event as { ResponseURL?: string; step?: string };
    if (ResponseURL !== undefined) this.responseUrls.push(ResponseURL);
    else if (step !== 'record-use') this.note('state data', event);
  }

  private noteEvidence(key: string, content: unknown): void {
    if (/\.quarantine-[0-9a-f]+\.json$/.test(key)) return this.note('quarantine', content);
    const { cursor, from, ...rest } = content as { cursor?: string; from?: string };
    if (cursor !== undefined || from !== undefined) this.note('cursor', { cursor, from });
    this.note('evidence', { key, rest });
  }

  /** The same a thousand times is kept once. Bytes stand as they are beside the text. */
  private note(channel: Channel, content: unknown): void {
    const bytes: Uint8Array[] = [];
    const text = JSON.stringify(content, function (this: { [name: string]: unknown }, name: string, member: unknown) {
      const original = this[name];
      return original instanceof Uint8Array ? `${bytes.push(original)}. bytes` : member;
    }) as string | undefined;
    const kept = this.caught.get(channel) ?? new Set();
    this.caught.set(channel, kept.add(Buffer.concat([Buffer.from(text ?? ''), ...bytes]).toString('latin1')));
  }
}
