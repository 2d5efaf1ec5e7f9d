import { connectionLost, sdkError, type SdkPackage } from './sdk/sdk-error';
import type { WireService } from '../kms/protocol/wire-service';

/** What the SDK knows of a service of AWS JSON beside its operations. */
export interface JsonProtocol {
  /** The prefix of the header `X-Amz-Target`, such as `TrentService.`. */
  readonly target: string;
  /** The service in the credential scope. */
  readonly scope: string;
  /** Members of answers that hold binary data: base64 on the wire. */
  readonly blobs: ReadonlySet<string>;
  /** Members of answers that are times: epoch seconds on the wire. */
  readonly dates: ReadonlySet<string>;
  /** Members that the SDK adds to the input of an operation. */
  readonly added?: (operation: string) => object;
}

/**
 * Performs operations of a service of AWS JSON in this process. Input and answer pass through JSON as on the wire:
 * undefined members are left out, and no object is shared.
 */
export function jsonService(service: WireService, protocol: JsonProtocol, sdk: SdkPackage, caller: string, region: string) {
  const { target, scope } = protocol;
  const credential = `${caller}/20260101/${region}/${scope}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`;
  return async (operation: string, input: object): Promise<object> => {
    const body = Buffer.from(JSON.stringify({ ...protocol.added?.(operation), ...input }, toWire));
    const reply = await service.reply({ target: `${target}${operation}`, authorization, body });
    if (reply.lost) throw connectionLost();
    if (reply.httpStatus !== 200) {
      const { __type: name, message = '' } = JSON.parse(reply.body) as { __type: string; message?: string };
      throw sdkError(sdk, name, message, reply.httpStatus);
    }
    const $metadata = { httpStatusCode: 200, requestId: reply.requestId, attempts: 1, totalRetryDelay: 0 };
    const answer = reply.body === '' ? {} : JSON.parse(reply.body, (name, value: unknown) => fromWire(name, value, protocol)) as object;
    return { $metadata, ...answer };
  };
}

/** A replacer of JSON. `this` holds the value before its own `toJSON` has changed it. */
function toWire(this: unknown, name: string, value: unknown): unknown {
  const given = (this as { readonly [name: string]: unknown })[name];
  if (given instanceof Uint8Array) return Buffer.from(given.buffer, given.byteOffset, given.byteLength).toString('base64');
  if (given instanceof Date) return given.getTime() / 1000;
  return value;
}

function fromWire(name: string, value: unknown, { blobs, dates }: JsonProtocol): unknown {
  if (typeof value === 'string' && blobs.has(name)) return Uint8Array.from(Buffer.from(value, 'base64'));
  if (typeof value === 'number' && dates.has(name)) return new Date(Math.round(value * 1000));
  return value;
}
