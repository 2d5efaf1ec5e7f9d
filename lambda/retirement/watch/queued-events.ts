import { members, text } from './call-record';

/** A message of the queue of the watch, with the request to record a use. */
export interface QueuedEvent {
  readonly messageId: string;
  readonly request: unknown;
}

/** The messages that failed. Amazon SQS delivers them again, and deletes the others. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** The messages of an event of Amazon SQS. Undefined for any other event. */
export function readQueuedEvents(event: unknown): QueuedEvent[] | undefined {
  const { Records: records } = members(event);
  if (!Array.isArray(records)) return undefined;
  return records.map((record) => {
    const { messageId, body } = members(record);
    return { messageId: text(messageId) ?? '', request: parse(text(body) ?? '') };
  });
}

/** Handles each message. One that fails does not prevent the others. */
export async function handleEach(events: readonly QueuedEvent[], handle: (request: unknown) => Promise<unknown>): Promise<BatchResponse> {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { messageId, request } of events) {
    try {
      await handle(request);
    } catch {
      // `handle` has logged the error.
      batchItemFailures.push({ itemIdentifier: messageId });
    }
  }
  return { batchItemFailures };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
