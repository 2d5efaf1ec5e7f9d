/** One request without HTTP. */
export interface WireRequest {
  /** The header `X-Amz-Target`. */
  readonly target: string | undefined;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

/** The reply to a request. If `lost`, the call has had its effect, but no reply is sent. */
export interface WireReply {
  readonly httpStatus: number;
  readonly body: string;
  readonly requestId: string;
  readonly lost: boolean;
}

/** A service that answers calls of this protocol: this KMS, or another service of AWS JSON 1.1. */
export interface WireService {
  /** Never rejects: every failure is a reply. */
  reply(request: WireRequest): Promise<WireReply>;
}
