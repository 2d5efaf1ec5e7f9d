/** One request, freed from HTTP. */
export interface WireRequest {
  /** The header `X-Amz-Target`. */
  readonly target: string | undefined;
  readonly authorization: string | undefined;
  readonly body: Buffer;
}

/** What goes back; when `lost`, it has happened, but nothing goes back. */
export interface WireReply {
  readonly httpStatus: number;
  readonly body: string;
  readonly requestId: string;
  readonly lost: boolean;
}

/** A service behind the wire: this KMS, or another one that speaks the same protocol. */
export interface WireService {
  /** Never rejects: whatever goes wrong is a reply. */
  reply(request: WireRequest): Promise<WireReply>;
}
