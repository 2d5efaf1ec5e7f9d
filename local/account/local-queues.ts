import { randomUUID } from 'node:crypto';
import type { LocalFunctions } from './local-functions';

/** Properties of `AWS::SQS::Queue`, in seconds. */
export interface QueueProperties {
  readonly VisibilityTimeout?: number;
  readonly MessageRetentionPeriod?: number;
}

interface LocalQueue {
  readonly visibilityMilliseconds: number;
  readonly retentionMilliseconds: number;
  /** Absent until an event source mapping exists. */
  readonly functionArn?: string;
}

interface Message {
  readonly queueArn: string;
  readonly record: { readonly messageId: string; readonly body: string; readonly eventSource: string; readonly eventSourceARN: string };
  readonly visibleAt: number;
  readonly expiresAt: number;
}

/**
 * Queues of Amazon SQS whose messages invoke a function, as an event source mapping with partial batch responses does.
 *
 * A message that the function does not accept is hidden for the visibility timeout, delivered again, and lost at the
 * end of the retention period.
 */
export class LocalQueues {
  private readonly queues = new Map<string, LocalQueue>();
  private waiting: readonly Message[] = [];
  private readonly inProgress = new Set<Promise<void>>();

  public constructor(private readonly functions: LocalFunctions, private readonly now: () => Date) {}

  public define(queueArn: string, { VisibilityTimeout = 30, MessageRetentionPeriod = 4 * 86_400 }: QueueProperties): void {
    this.queues.set(queueArn, {
      ...this.queues.get(queueArn),
      visibilityMilliseconds: VisibilityTimeout * 1000,
      retentionMilliseconds: MessageRetentionPeriod * 1000,
    });
  }

  public remove(queueArn: string): void {
    this.queues.delete(queueArn);
    this.waiting = this.waiting.filter((message) => message.queueArn !== queueArn);
  }

  public connect(queueArn: string, functionArn: string | undefined): void {
    const queue = this.queues.get(queueArn);
    if (queue !== undefined) this.queues.set(queueArn, { ...queue, functionArn });
  }

  public has(queueArn: string): boolean {
    return this.queues.has(queueArn);
  }

  /** Adds a message, and delivers it. */
  public async send(queueArn: string, content: unknown): Promise<void> {
    const record = { messageId: randomUUID(), body: JSON.stringify(content), eventSource: 'aws:sqs', eventSourceARN: queueArn };
    const now = this.now().getTime();
    const { retentionMilliseconds } = this.queue(queueArn);
    await this.deliver({ queueArn, record, visibleAt: now, expiresAt: now + retentionMilliseconds });
  }

  /** Delivers the messages that have become visible again, in the background. Must be called when time has passed. */
  public deliverDue(): void {
    const now = this.now().getTime();
    const due = this.waiting.filter(({ visibleAt }) => visibleAt <= now);
    this.waiting = this.waiting.filter(({ visibleAt }) => visibleAt > now);
    for (const message of due) {
      if (message.expiresAt <= now) continue;
      const delivery = this.deliver(message).finally(() => this.inProgress.delete(delivery));
      this.inProgress.add(delivery);
    }
  }

  /** Whether a delivery in the background has not ended. */
  public get busy(): boolean {
    return this.inProgress.size > 0;
  }

  /** Waits until every delivery in the background has ended. */
  public async idle(): Promise<void> {
    while (this.busy) await Promise.all(this.inProgress);
  }

  private async deliver(message: Message): Promise<void> {
    const queue = this.queues.get(message.queueArn);
    if (queue === undefined) return;
    const { functionArn, visibilityMilliseconds } = queue;
    if (functionArn !== undefined && await this.accepts(functionArn, message)) return;
    this.waiting = [...this.waiting, { ...message, visibleAt: this.now().getTime() + visibilityMilliseconds }];
  }

  /** A function that throws accepts no message. */
  private async accepts(functionArn: string, { record }: Message): Promise<boolean> {
    try {
      const { batchItemFailures } = await this.functions.invoke(functionArn, { Records: [record] }) as BatchResponse;
      return !batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === record.messageId);
    } catch {
      return false;
    }
  }

  private queue(queueArn: string): LocalQueue {
    const found = this.queues.get(queueArn);
    if (found === undefined) throw new Error(`queue ${queueArn} does not exist in this account`);
    return found;
  }
}

interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}
